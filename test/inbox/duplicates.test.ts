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
  const inbox = await openInbox({
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
  const inbox = await openInbox({
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
  const inbox = await openInbox({
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
  expect(await operator.replay({ state: 'duplicate' }, { after: 0 })).toEqual({
    next: undefined,
    done: 1,
    skipped: 0,
  });
  await until(() => handled.length === 2);
  const { nameOf } = inbox.services.store;
  expect(handled).toEqual([await nameOf(1), await nameOf(duplicate)]);
});

/** What becomes of POSTs with these fields, one after the other. */
async function count(posts: readonly Record<string, string>[]): Promise<Record<string, number>> {
  const { server, request } = await startStory();
  for (const fields of posts) {
    const url = hookUrl(request, 'invoice/event_invoice_line_change');
    const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
    expect(await answer.json()).toEqual({ status: true, error: '' });
  }
  await until(async () => (await counters(server.services))['received'] === posts.length);
  return counters(server.services);
}

test('another order of fields and other white space are the same content', async () => {
  const posts = [
    { object: '{"id":7,"text":"A\\/S","lines":[{"a":1,"b":2}]}', contract: '2391', x: '1' },
    { x: '1', contract: '2391', object: ' {\n"lines" : [ {"b":2, "a":1} ], "text":"A\\/S","id":7}' },
  ];
  expect(await count(posts)).toEqual({ received: 2, duplicate: 1, handled: 1 });
});

test('whatever else differs is another change: digits, types, writings, repeated names, fields beside the object', async () => {
  const values = [
    ...[
      '1',
      '"1"',
      'true',
      '1.0',
      '1e0',
      '"1.0"',
      '"true"',
      'null',
      '""',
      '0',
      '-0',
      'false',
      '[1]',
      '[[1]]',
      '{"a":1}',
    ],
    ...['9007199254740992', '9007199254740993', '357012345678901234', '357012345678901235', '1.10', '1.1', '"1.10"'],
    ...['0.1', '0.10000000000000001', '1e400', '1e401', '"æ"', '"\\u00e6"', '1,"v":2', '2,"v":1', '{"a":1,"a":2}'],
  ];
  const posts = [
    ...values.map((value) => ({ object: `{"id":7,"v":${value}}` })),
    { object: '{"id":7,"v":1}', userid: '1' },
    { object: '{"id":7,"v":1}', userid: '2' },
    { object: '{"id":7,"v":1,"userid":1}' },
    { object: '{"id":7,"v":1,"userid":2}' },
    // Ids that JavaScript would make one of.
    { object: '{"id":9007199254740992}' },
    { object: '{"id":9007199254740993}' },
    { object: `{"id":"${'x'.repeat(300)}"}` },
    { object: `{"id":"${'x'.repeat(301)}"}` },
  ];
  expect(await count(posts)).toEqual({ received: posts.length, handled: posts.length });
});

test('what is JSON and no object is taken, kept, and never a duplicate', async () => {
  const posts = ['[]', 'null', '"{\\"id\\":7}"', '5'].flatMap((object) => [{ object }, { object }]);
  expect(await count(posts)).toEqual({ received: 8, handled: 8 });
});
