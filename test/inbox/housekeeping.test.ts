import { expect, test } from 'vitest';
import { removeOld } from '../../src/server/inbox/retention.ts';
import { openInbox, stopClock } from '../support/start-inbox.ts';
import { until } from '../support/until.ts';

const day = 86_400_000;

test('handled events go after RETENTION_DAYS, in steps; the dead, the rejected and the waiting stay', async () => {
  const clock = stopClock();
  const inbox = await openInbox({
    world: { now: clock.now },
    handle: (event) => (event.object['fail'] === true ? Promise.reject(new Error('no')) : Promise.resolve(undefined)),
  });
  const tenant = await inbox.addTenant('1');
  const { operator, inbox: store } = inbox.services.store;
  await inbox.services.gatherer.add(
    {
      tenantId: tenant,
      modcode: 'invoice',
      hook: 'event_invoice_line_change',
      receivedAt: clock.now(),
      contentType: 'text/x',
      body: Buffer.from('?'),
      fault: 'f',
    },
    1,
  );
  const waiting = await inbox.send(tenant, { id: 'w', fail: true });
  await Promise.all(Array.from({ length: 250 }, (_, id) => inbox.send(tenant, { id, n: 1 })));
  inbox.work();
  await until(async () => (await operator.countEvents({ state: 'handled' })) === 250);
  clock.move(400 * day);
  const young = await inbox.send(tenant, { id: 0, n: 2 });
  await until(async () => (await operator.findEvent(young))?.state === 'handled');
  clock.move(1);
  let rests = 0;
  const rest = (): Promise<void> => {
    rests += 1;
    return Promise.resolve();
  };
  expect(await removeOld(operator, { days: 400, now: clock.now, rest })).toBe(250);
  // Between three steps that remove a hundred each, and some for the index of words.
  expect(rests).toBeGreaterThanOrEqual(2);
  const left = await operator.listEvents({}, { limit: 10 });
  expect(left.map(({ id, state }) => [id, state])).toEqual([
    [young, 'handled'],
    [waiting, expect.stringMatching(/ready|queued/)],
    [1, 'rejected'],
  ]);
  // The object that still has an event is still shown, with what came before gone.
  const { history } = inbox.services;
  await until(async () => (await history.listChanges(tenant, {}, { limit: 500 })).changes.length === 2);
  const name = { modcode: 'invoice', hook: 'event_invoice_line_change', objectId: '0' };
  expect(await history.findObject(tenant, name)).toMatchObject({ changes: 2 });
  expect((await history.listObjectChanges(tenant, name, { limit: 9 })).changes).toMatchObject([
    { previousId: undefined },
  ]);
  expect(await store.listUnsorted(1)).toEqual([]);
});

test('an operator removes the dead and the rejected, but nothing that is under way', async () => {
  const inbox = await openInbox({ handle: () => Promise.reject(new Error('no')) });
  const tenant = await inbox.addTenant('1');
  const { operator } = inbox.services.store;
  await inbox.services.gatherer.add(
    {
      tenantId: tenant,
      modcode: 'm',
      hook: 'h',
      receivedAt: 1,
      contentType: 'text/x',
      body: Buffer.from('?'),
      fault: 'f',
    },
    1,
  );
  await inbox.send(tenant, { id: 1 });
  inbox.work();
  await until(async () => (await operator.findEvent(2))?.fault === 'no');
  expect(await operator.findEvent(1)).toMatchObject({
    state: 'rejected',
    body: '?',
    contentType: 'text/x',
    fault: 'f',
  });
  expect(await operator.remove({ tenantId: tenant }, { after: 0 })).toEqual({ next: undefined, done: 1, skipped: 1 });
  expect(await operator.countEvents({})).toBe(1);
});

test('the oldest event that is not handled yet is known, sorted or not', async () => {
  const clock = stopClock();
  const inbox = await openInbox({ world: { now: clock.now }, handle: () => Promise.reject(new Error('no')) });
  const tenant = await inbox.addTenant('1');
  const { operator } = inbox.services.store;
  expect(await operator.oldestUnhandled()).toBeUndefined();
  const first = clock.now();
  await inbox.send(tenant, { id: 1 });
  expect(await operator.oldestUnhandled()).toBe(first);
  clock.move(1000);
  await inbox.send(tenant, { id: 2 });
  inbox.work();
  await until(async () => (await operator.findEvent(2))?.fault === 'no');
  expect(await operator.oldestUnhandled()).toBe(first);
});
