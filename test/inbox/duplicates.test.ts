import { expect, test } from 'vitest';
import { hookUrl, startStory, connect } from '../support/start-server.ts';
import { openInbox } from '../support/start-inbox.ts';
import { until } from '../support/until.ts';

async function counters(services: {
  store: { operator: { counters(): Promise<readonly { name: string; value: number }[]> } };
}) {
  return Object.fromEntries((await services.store.operator.counters()).map(({ name, value }) => [name, value]));
}

test('the same content told again is a duplicate; A, B, A are three changes', async () => {
  const handled: unknown[] = [];
  const inbox = openInbox({
    handle: (event) => {
      handled.push([event.object['v'], event.previous?.['v']]);
      return Promise.resolve(undefined);
    },
  });
  const tenant = await inbox.addTenant('1');
  for (const v of ['A', 'A', 'B', 'A', 'A']) await inbox.send(tenant, { id: 7, v });
  inbox.work();
  await until(() => handled.length === 3);
  await until(async () => (await counters(inbox.services))['handled'] === 3);
  expect(handled).toEqual([
    ['A', undefined],
    ['B', 'A'],
    ['A', 'B'],
  ]);
  expect(await counters(inbox.services)).toEqual({ received: 5, duplicate: 2, handled: 3 });
});

test('another tenant telling the same is no duplicate', async () => {
  const handled: number[] = [];
  const inbox = openInbox({
    handle: (_event, { tenant }) => {
      handled.push(tenant.id);
      return Promise.resolve(undefined);
    },
  });
  const tenants = [await inbox.addTenant('1'), await inbox.addTenant('2')];
  for (const tenant of tenants) await inbox.send(tenant, { id: 7, v: 'A' });
  inbox.work();
  await until(() => handled.length === 2);
  expect(handled.toSorted()).toEqual(tenants);
});

test('two installations of one tenant are told the same: one change, both acknowledged', async () => {
  const { sandbox, server, request } = await startStory();
  const second = await connect(server, sandbox);
  const path = 'invoice/event_invoice_line_change';
  expect(hookUrl(second, path)).not.toBe(hookUrl(request, path));
  const body = new URLSearchParams({ object: '{"id":50101,"count":3}' });
  for (const installation of [request, second]) {
    const answer = await fetch(hookUrl(installation, path), { method: 'POST', body });
    expect(await answer.json()).toEqual({ status: true, error: '' });
  }
  await until(async () => (await counters(server.services))['received'] === 2);
  expect(await counters(server.services)).toEqual({ received: 2, duplicate: 1, handled: 1 });
  expect(await server.services.connections.listTenants()).toHaveLength(1);
});

test('a replayed duplicate is handled', async () => {
  const handled: string[] = [];
  const inbox = openInbox({
    handle: (event) => {
      handled.push(event.id);
      return Promise.resolve(undefined);
    },
  });
  const tenant = await inbox.addTenant('1');
  await inbox.send(tenant, { id: 7, v: 'A' });
  const duplicate = await inbox.send(tenant, { id: 7, v: 'A' });
  inbox.work();
  await until(async () => (await counters(inbox.services))['duplicate'] === 1);
  const { operator } = inbox.services.store;
  expect(await operator.countEvents({ state: 'duplicate' })).toBe(1);
  expect(await operator.replay({ state: 'duplicate' }, { after: 0, now: Date.now() })).toEqual({
    next: undefined,
    done: 1,
    skipped: 0,
  });
  await until(() => handled.length === 2);
  const { nameOf } = inbox.services.store;
  expect(handled).toEqual([nameOf(1), nameOf(duplicate)]);
});

test('the same content in another writing is a duplicate, another field beside the object is none', async () => {
  const inbox = openInbox();
  const tenantId = await inbox.addTenant('1');
  const add = (fields: Record<string, string>): Promise<number> =>
    inbox.services.gatherer.add(
      { modcode: 'invoice', hook: 'event_invoice_line_change', tenantId, receivedAt: 1, fields },
      10,
    );
  await add({ object: '{"id":7,"text":"A\\/S \\u00e6","price":1042.5,"done":true}' });
  await add({ object: '{ "done": 1, "text": "A/S æ", "price": "1042.50", "id": "7" }' });
  await add({ object: '{"id":7,"text":"A/S æ","price":1042.5,"done":true}', contract: '2391' });
  await add({ object: 'no JSON' });
  await add({ object: 'no JSON' });
  inbox.work();
  await until(async () => (await counters(inbox.services))['received'] === 5);
  expect(await counters(inbox.services)).toEqual({ received: 5, duplicate: 1, handled: 4 });
});
