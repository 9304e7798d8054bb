import { expect, onTestFinished, test, vi } from 'vitest';
import { refused } from '../../src/microbizz/domain/answer.ts';
import { defineEvent, type Handler } from '../../src/server/events/define-event.ts';
import { hookUrl, startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';

const path = 'invoice/event_invoice_line_change';
type Object = Readonly<Record<string, unknown>>;

async function story(handle: Handler<Object>, budget: number) {
  const hook = defineEvent({
    modcode: 'invoice',
    hook: 'event_invoice_line_change',
    title: 'T',
    answer: 'after-handling',
    budget,
    handle,
  });
  const { server, request, sandbox } = await startStory({ app: { events: [hook], pages: [] } });
  const send = async (object: object): Promise<unknown> => {
    const body = new URLSearchParams({ object: JSON.stringify(object) });
    return (await fetch(hookUrl(request, path), { method: 'POST', body })).json();
  };
  return { server, sandbox, send };
}

const generous = 20_000;

test('the handler says no, and Microbizz is told its words; told the same again, it asks again', async () => {
  let asked = 0;
  const { send, server } = await story((event) => {
    asked += 1;
    return Promise.resolve(event.object['count'] === 0 ? refused('Antal mangler') : undefined);
  }, generous);
  expect(await send({ id: 1, count: 0 })).toEqual({ status: false, error: 'Antal mangler' });
  expect(await send({ id: 1, count: 0 })).toEqual({ status: false, error: 'Antal mangler' });
  expect(await send({ id: 1, count: 2 })).toEqual({ status: true, error: '' });
  expect(await send({ id: 1, count: 2 })).toEqual({ status: true, error: '' });
  expect(asked).toBe(3);
  expect(await server.services.store.operator.countEvents({ state: 'duplicate' })).toBe(1);
});

test('over budget: Microbizz is told that it was taken, and the handler goes on', async () => {
  let release: () => void = () => undefined;
  const { send, server } = await story(async () => {
    await new Promise<void>((resolve) => (release = resolve));
    return refused('too late');
  }, 30);
  expect(await send({ id: 1 })).toEqual({ status: true, error: '' });
  expect((await server.services.store.operator.findEvent(1))?.state).toBe('ready');
  release();
  await until(async () => (await server.services.store.operator.findEvent(1))?.state === 'handled');
});

test('a handler that throws: Microbizz is told that it was taken, and it is tried again from the inbox', async () => {
  const { send, server } = await story(() => Promise.reject(new Error('oh')), generous);
  expect(await send({ id: 1 })).toEqual({ status: true, error: '' });
  expect(await server.services.store.operator.findEvent(1)).toMatchObject({ state: 'ready', attempt: 1, fault: 'oh' });
});

test('a database that cannot be read then costs nobody the answer, nor the process its life', async () => {
  const loose: unknown[] = [];
  const note = (error: unknown): number => loose.push(error);
  process.on('unhandledRejection', note);
  onTestFinished(() => {
    process.off('unhandledRejection', note);
  });
  const { send, server } = await story(() => Promise.resolve(undefined), 20);
  vi.spyOn(server.services.store.inbox, 'findHandling').mockRejectedValue(new Error('disk I/O error'));
  vi.spyOn(server.services.answers, 'settle').mockReturnValue();
  // The first is answered at its budget's end; the second is a duplicate, of which the sorting would tell.
  for (const object of [{ id: 1 }, { id: 1 }]) expect(await send(object)).toEqual({ status: true, error: '' });
  await server.services.close();
  expect(loose).toEqual([]);
});
