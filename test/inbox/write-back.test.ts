import { expect, test } from 'vitest';
import { defineEvent } from '../../src/server/events/define-event.ts';
import { startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';

test('a handler that writes back to the object it was told of does not loop, and writes through anybody else are told', async () => {
  const told: unknown[] = [];
  const hook = defineEvent({
    modcode: 'invoice',
    hook: 'event_invoice_line_change',
    title: 'Lines',
    handle: async ({ object }, { api }) => {
      const { invoiceline } = await api.run('CreateUpdateInvoiceLineByID', {
        invoiceline: { ...object, text: `${String(object['text'])}!` },
      });
      told.push(invoiceline?.['text']);
      return undefined;
    },
  });
  const { sandbox, server } = await startStory({ app: { events: [hook], pages: [] } });
  await sandbox.changeInvoiceLine(50101, { text: 'one' });
  await until(() => told.length === 1);
  await sandbox.settled();

  const [tenant] = await server.services.connections.listTenants();
  if (tenant === undefined) throw new Error('no tenant');
  const api = server.services.apis.of(tenant);
  await api.run('CreateUpdateInvoiceLineByID', { invoiceline: { id: 50101, text: 'two' } });
  await sandbox.settled();
  await until(() => told.length === 2);
  await sandbox.settled();
  expect(told).toEqual(['one!', 'two!']);
  expect(await server.services.store.operator.countEvents({})).toBe(2);
});
