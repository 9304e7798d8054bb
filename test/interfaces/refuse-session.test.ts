import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { postEvent } from '../events/post-event.ts';
import { connectTo } from '../negotiate/connect-by-hand.ts';
import { sendJson, startFakeEndpoint, type FakeEndpoint } from '../support/fake-endpoint.ts';
import { hookUrl, startServer, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { expectFrame, visit } from './visit-page.ts';

const secretText = 'only for whoever has a session';

/** A connected tenant with an event on its page. */
async function start(): Promise<{ server: TestServer; fake: FakeEndpoint; menu: string }> {
  const server = await startServer();
  const fake = await startFakeEndpoint();
  const request = await connectTo(server, fake);
  const event = new URLSearchParams({ object: JSON.stringify({ id: 1, text: secretText }) }).toString();
  await postEvent(hookUrl(request, 'invoice/event_invoice_line_change'), event, 'application/x-www-form-urlencoded');
  const menu = hookUrl(request, 'user/menu');
  await until(async () => (await visit(`${menu}?sessiontoken=s`)).text.includes(secretText), 'the event');
  return { server, fake, menu };
}

interface Refused {
  readonly status: number;
  readonly da: string;
  readonly en: string;
}
const missing: Refused = { status: 401, da: 'Siden skal åbnes i Microbizz', en: 'must be opened in Microbizz' };
const unknown: Refused = { status: 403, da: 'Du er ikke længere logget ind', en: 'no longer logged in' };
const refuses: Refused = { status: 502, da: 'Microbizz afviser appen', en: 'Microbizz refuses the app' };
const broken: Refused = { status: 502, da: 'Microbizz svarer ikke, som det skal', en: 'does not answer as it should' };
const slow: Refused = { status: 504, da: 'Microbizz svarer for langsomt', en: 'Microbizz answers too slowly' };

async function expectRefused(url: string, { status, da, en }: Refused, ancestor: string): Promise<string> {
  const danish = await visit(url, 'da-DK,da;q=0.9,en;q=0.8');
  const english = await visit(url, 'en-GB');
  for (const [page, text, lang] of [
    [danish, da, 'da'],
    [english, en, 'en'],
  ] as const) {
    expect(page.status).toBe(status);
    expect(page.text).toMatch(new RegExp(`<h1>[^<]*${text}`));
    expect(page.text).toContain(`<html lang="${lang}">`);
    // Every page says what to do, too.
    expect(page.text).toMatch(
      /Åbn siden igen|Prøv igen|Bed en administrator|Open the page again|Try again|Ask an admin/,
    );
    expect(page.text).not.toContain(secretText);
    expectFrame(page, ancestor);
  }
  return english.text;
}

test.each([
  ['no sessiontoken', ''],
  ['an empty one', '?sessiontoken='],
  ['a repeated one', '?sessiontoken=a&sessiontoken=b'],
  ['a bracketed one', '?sessiontoken[]=a'],
  ['one of 4,097', `?sessiontoken=${'s'.repeat(4097)}`],
])('401 for %s, and Microbizz is not asked', async (_what, query) => {
  const { fake, menu } = await start();
  const asked = fake.envelopes.length;
  await expectRefused(`${menu}${query}`, missing, fake.origin);
  expect(fake.envelopes).toHaveLength(asked);
});

const answers = (value: unknown) => (response: ServerResponse) => {
  sendJson(response, value);
};
const raw =
  (status: number, body: string, headers: Record<string, string> = {}) =>
  (response: ServerResponse) =>
    response.writeHead(status, headers).end(body);
const valid = JSON.stringify({ status: 1, results: [{ status: 1, userid: 12 }] });

test.each<[string, Refused, (response: ServerResponse) => unknown]>([
  ['inner status 0 with outer 1', unknown, answers({ status: 1, results: [{ status: 0, msg: 'no', userid: 12 }] })],
  ['inner status "0"', unknown, answers({ status: '1', results: [{ status: '0', msg: 'no', userid: 12 }] })],
  ['inner status false, msg null', unknown, answers({ status: true, results: [{ status: false, msg: null }] })],
  [
    'a second result that is good',
    unknown,
    answers({ status: 1, results: [{ status: 0 }, { status: 1, userid: 12 }] }),
  ],
  ['no userid', unknown, answers({ status: 1, results: [{ status: 1 }] })],
  ['userid 0', unknown, answers({ status: 1, results: [{ status: 1, userid: 0 }] })],
  ['userid "0"', unknown, answers({ status: 1, results: [{ status: 1, userid: '0' }] })],
  ['userid -1', unknown, answers({ status: 1, results: [{ status: 1, userid: -1 }] })],
  ['userid 1.5', unknown, answers({ status: 1, results: [{ status: 1, userid: 1.5 }] })],
  ['userid text', unknown, answers({ status: 1, results: [{ status: 1, userid: 'admin' }] })],
  ['userid empty', unknown, answers({ status: 1, results: [{ status: 1, userid: '' }] })],
  ['userid null', unknown, answers({ status: 1, results: [{ status: 1, userid: null }] })],
  ['userid true', unknown, answers({ status: 1, results: [{ status: 1, userid: true }] })],
  ['userid a list', unknown, answers({ status: 1, results: [{ status: 1, userid: [12] }] })],
  ['outer status 0', refuses, answers({ status: 0, msg: 'Invalid accesstoken' })],
  ['outer status 0 with msg null', refuses, answers({ status: 0, msg: null })],
  ['outer status 0 with good results', refuses, answers({ status: 0, results: [{ status: 1, userid: 12 }] })],
  [
    'outer status 0 with results that say true',
    refuses,
    answers({ status: 0, results: [{ status: true, userid: 12 }] }),
  ],
  ['no outer status', broken, answers({ results: [{ status: 1, userid: 12 }] })],
  ['outer status 2', broken, answers({ status: 2, results: [{ status: 1, userid: 12 }] })],
  ['no inner status', broken, answers({ status: 1, results: [{ userid: 12 }] })],
  ['no results', broken, answers({ status: 1 })],
  [
    'two good results',
    broken,
    answers({
      status: 1,
      results: [
        { status: 1, userid: 12 },
        { status: 1, userid: 12 },
      ],
    }),
  ],
  ['empty results', broken, answers({ status: 1, results: [] })],
  ['a list', broken, answers([])],
  ['null', broken, answers(null)],
  ['HTML', broken, raw(200, '<h1>Microbizz is being updated</h1>', { 'content-type': 'text/html' })],
  ['nothing', broken, raw(200, '')],
  ['HTTP 500', broken, raw(500, valid)],
  ['HTTP 201', broken, raw(201, valid)],
  ['a redirect', broken, raw(302, valid, { location: '/elsewhere' })],
  ['more than 1 MiB', broken, raw(200, `${valid.slice(0, -1)},"x":"${'x'.repeat(1024 * 1024)}"}`)],
  ['a connection cut off', broken, (response) => response.destroy()],
  [
    'half an answer',
    broken,
    (response) => response.writeHead(200, { 'content-length': 500 }).write(valid) && response.destroy(),
  ],
])('refuses %s', async (_what, refused, answer) => {
  const { fake, menu } = await start();
  fake.answer = answer;
  await expectRefused(`${menu}?sessiontoken=the-session`, refused, fake.origin);
});

test.each([[12], ['12'], ['123456789012345678']])('takes userid %j', async (userid) => {
  const { fake, menu } = await start();
  fake.answer = answers({ status: '1', results: [{ status: '1', userid }] });
  const page = await visit(`${menu}?sessiontoken=the-session`);
  expect(page.status).toBe(200);
  expect(page.text).toContain(secretText);
  expectFrame(page, fake.origin);
});

test('502 where nobody listens any more', async () => {
  const { fake, menu } = await start();
  await fake.close();
  const text = await expectRefused(`${menu}?sessiontoken=s`, broken, fake.origin);
  expect(text).toContain('could not be reached');
  expect(fake.envelopes.length).toBeGreaterThan(0);
});

/** The 5 seconds are asked for, but are over in 50 ms. */
function hurry(): number[] {
  const original = AbortSignal.timeout.bind(AbortSignal);
  const asked: number[] = [];
  const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
    asked.push(milliseconds);
    return original(50);
  });
  onTestFinished(() => {
    spy.mockRestore();
  });
  return asked;
}

test.each<[string, (response: ServerResponse) => unknown]>([
  ['never answers', () => undefined],
  ['stops after its headers', (response) => response.writeHead(200).write(' ')],
])('504 when Microbizz %s within 5 seconds', async (_what, answer) => {
  const { fake, menu } = await start();
  fake.answer = answer;
  const asked = hurry();
  expect(await expectRefused(`${menu}?sessiontoken=s`, slow, fake.origin)).toContain('within 5 seconds');
  expect(asked).toEqual([5000, 5000]);
});

test('what Microbizz says is escaped, and neither token is repeated', async () => {
  const { fake, menu } = await start();
  const msg = '<script>alert(1)</script> no session the-session for a-working-token';
  fake.answer = answers({ status: 1, results: [{ status: 0, msg }] });
  const page = await visit(`${menu}?sessiontoken=the-session`);
  expect(page.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; no session [hidden] for [hidden]');
  expect(page.text).not.toMatch(/<script>alert|the-session|a-working-token/);
});

test('asks with the envelope of the protocol', async () => {
  const { fake, menu } = await start();
  await visit(`${menu}?sessiontoken=æ+%26%20b`);
  expect(fake.envelopes.at(-1)).toEqual({
    contract: '2391',
    accesstoken: 'a-working-token',
    remoteagent: expect.stringMatching(/^appconnect-server\//) as string,
    commands: [{ command: 'ValidateSessionToken', sessiontoken: 'æ & b' }],
  });
});
