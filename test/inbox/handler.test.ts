import { expect, test } from 'vitest';
import { z } from 'zod';
import { ApiError } from '../../src/microbizz/api/api-error.ts';
import { defineEvent } from '../../src/server/events/define-event.ts';
import { openInbox, stopClock } from '../support/start-inbox.ts';
import { startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';

test('a handler gets the typed object, the one before, the tenant, an api whose writes do not come back, a stable id and a logger', async () => {
  const seen: unknown[] = [];
  const hook = defineEvent({
    modcode: 'invoice',
    hook: 'event_invoice_line_change',
    title: 'Lines',
    object: z.looseObject({ id: z.coerce.number(), count: z.number() }),
    handle: async (event, { tenant, api, log, signal }) => {
      log.info({ count: event.object.count }, 'handled a line');
      const { answer } = await api.run('Echo', { text: 'hej' });
      seen.push({
        id: event.id,
        count: event.object.count,
        before: event.previous?.count,
        contract: tenant.contract,
        answer,
        aborted: signal.aborted,
      });
      return undefined;
    },
  });
  const { sandbox, server } = await startStory({ app: { events: [hook], pages: [] } });
  await sandbox.changeInvoiceLine(50101, { count: 4 });
  await sandbox.changeInvoiceLine(50101, { count: 5 });
  await until(() => seen.length === 2);
  const { nameOf } = server.services.store;
  const first = await nameOf(1);
  expect(seen).toEqual([
    { id: await nameOf(1), count: 4, before: undefined, contract: sandbox.contract, answer: 'hej', aborted: false },
    { id: await nameOf(2), count: 5, before: 4, contract: sandbox.contract, answer: 'hej', aborted: false },
  ]);
  expect(sandbox.requests.at(-1)?.envelope).toMatchObject({
    disable_callbacks: true,
    commands: [{ command: 'Echo', text: 'hej' }],
  });
  expect(server.log.some((line) => line.includes('"handled a line"') && line.includes(`"event":"${first}"`))).toBe(
    true,
  );
});

test('a command that Microbizz refuses fails the attempt, with Microbizz’ words', async () => {
  const hook = defineEvent({
    modcode: 'invoice',
    hook: 'event_invoice_line_change',
    title: 'Lines',
    handle: async (_event, { api }) => {
      await api.run('NoSuchCommand');
      return undefined;
    },
  });
  const { sandbox, server } = await startStory({ app: { events: [hook], pages: [] } });
  await sandbox.changeInvoiceLine(50101, { count: 4 });
  const event = await until(async () => {
    const found = await server.services.store.operator.findEvent(1);
    return found?.fault !== undefined && found;
  });
  expect(event).toMatchObject({ state: 'ready', attempt: 1 });
  expect(event.fault).toMatch(/^Microbizz refused NoSuchCommand: /);
});

test('a handler that meets a refused accesstoken waits for the reconnect, and no attempt is lost by it', async () => {
  const clock = stopClock();
  const attempts: number[] = [];
  let refused = true;
  const inbox = await openInbox({
    world: { now: clock.now },
    handle: (event) => {
      attempts.push(event.attempt);
      return refused ? Promise.reject(new ApiError('token', 'The accesstoken is refused')) : Promise.resolve(undefined);
    },
  });
  await inbox.send(await inbox.addTenant('1'), { id: 1 });
  inbox.work();
  const { inbox: store, operator } = inbox.services.store;
  for (let time = 1; time <= 10; time += 1) {
    await until(() => attempts.length === time);
    await until(async () => (await store.nextDue()) === clock.now() + 5 * 60_000);
    clock.move(5 * 60_000);
  }
  await until(async () => (await operator.findEvent(1))?.fault === 'The accesstoken is refused');
  refused = false;
  await until(async () => {
    clock.move(5 * 60_000);
    return (await store.findHandling(1))?.state === 'handled';
  });
  expect(new Set(attempts)).toEqual(new Set([1]));
});
