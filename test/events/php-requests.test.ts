import { expect, test } from 'vitest';
import { phpEvents, phpRequest, sendRaw } from '../http/send-raw.ts';
import { readObject } from '../../src/microbizz/domain/read-object.ts';
import { hookUrl, startStory } from '../support/start-server.ts';
import { readStored } from './post-event.ts';

const text = 'Kørsel – zone 2, "hal 3" & 50 % +';

test.each(phpEvents)('takes an event as PHP sends it: %s', async (name) => {
  const { server, request } = await startStory({ work: false });
  const answer = await sendRaw(server.url, phpRequest(name, hookUrl(request, 'invoice/event_invoice_line_change')));
  expect(answer).toMatchObject({ status: 200, body: '{"status":true,"error":""}' });
  expect(answer.head).toContain('content-type: application/json; charset=utf-8');
  expect(answer.continued).toBe(name.endsWith('expect'));
  const fields = readStored(server)[0]?.fields ?? {};
  const object = readObject(fields, 'object');
  expect(object).toMatchObject({ text, usercode: 'JSØ' });
  expect(String(object?.['id'])).toBe('50102');
  if (!name.endsWith('brackets')) expect(fields['new_field']).toBe('a\nb');
});

test.each(['curl-multipart-event-latin1', 'curl-urlencoded-event-latin1'])(
  'reads Danish letters of a latin1 sender: %s',
  async (name) => {
    const { server, request } = await startStory({ work: false });
    const answer = await sendRaw(server.url, phpRequest(name, hookUrl(request, 'invoice/event_invoice_line_change')));
    expect(answer).toMatchObject({ status: 200, body: '{"status":true,"error":""}' });
    expect(readStored(server)[0]?.fields).toEqual({ object: '{"id":50103,"text":"Kørsel på Ærø"}' });
  },
);
