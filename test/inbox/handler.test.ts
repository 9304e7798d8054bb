import { expect, test } from 'vitest';
import { z } from 'zod';
import { defineEvent } from '../../src/events/define-event.ts';
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
      const { answer } = await api.call('Echo', { text: 'hej' });
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
  expect(seen).toEqual([
    { id: 'evt_1', count: 4, before: undefined, contract: sandbox.contract, answer: 'hej', aborted: false },
    { id: 'evt_2', count: 5, before: 4, contract: sandbox.contract, answer: 'hej', aborted: false },
  ]);
  expect(sandbox.requests.at(-1)?.envelope).toMatchObject({
    disable_callbacks: true,
    commands: [{ command: 'Echo', text: 'hej' }],
  });
  expect(server.log.some((line) => line.includes('"handled a line"') && line.includes('"event":1'))).toBe(true);
});

test('a command that Microbizz refuses fails the attempt, with Microbizz’ words', async () => {
  const hook = defineEvent({
    modcode: 'invoice',
    hook: 'event_invoice_line_change',
    title: 'Lines',
    handle: async (_event, { api }) => {
      await api.call('NoSuchCommand');
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
  expect(event.fault).toMatch(/^NoSuchCommand: Microbizz refused NoSuchCommand/);
});
