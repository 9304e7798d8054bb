import { expect, test } from 'vitest';
import { removeOld } from '../../src/server/inbox/retention.ts';
import { buildRun } from '../cli/run-appconnect.ts';
import { workerLimits } from '../../src/server/inbox/worker-state.ts';
import { openInbox, stopClock, type TestInbox } from '../support/start-inbox.ts';
import { makeFolder } from '../support/start-server.ts';
import { until } from '../support/until.ts';

const day = 86_400_000;
const rest = (): Promise<void> => Promise.resolve();
const count = (inbox: TestInbox): Promise<number> => inbox.services.store.operator.countEvents({});

/** Stores events, each received so many milliseconds from the clock's time, and handles them. */
async function store(inbox: TestInbox, tenant: number, shifts: readonly number[]): Promise<void> {
  const { gatherer, now, store: all, history } = inbox.services;
  const name = { modcode: 'invoice', hook: 'event_invoice_line_change', tenantId: tenant };
  const stored = shifts.map((shift, n) =>
    gatherer.add({ ...name, receivedAt: now() + shift, fields: { object: JSON.stringify({ id: n % 7, n }) } }, 100),
  );
  await Promise.all(stored);
  inbox.work();
  await until(async () => (await all.operator.countEvents({ state: 'handled' })) === shifts.length);
  await until(async () => (await all.describing.listUndescribed(1)) === undefined);
  expect((await history.listChanges(tenant, {}, { limit: 5000 })).changes).toHaveLength(shifts.length);
}
const times = (length: number, shift = 0): number[] => Array<number>(length).fill(shift);

test.each<[string, number[]]>([
  ['one', [...times(10), 400 * day, ...times(20)]],
  ['a hundred and fifty', [...times(100), ...times(150, 400 * day), ...times(150)]],
  ['one that is only a little ahead', [...times(120), 2 * day, ...times(120)]],
  ['the first', [3650 * day, ...times(130)]],
  ['thousands', [...times(5), ...times(2500, 400 * day), ...times(100)]],
])('events from the future do not stop retention: %s', async (_name, shifts) => {
  for (const own of [false, true]) {
    const clock = stopClock();
    const inbox = await openInbox({ world: { now: clock.now } });
    const tenant = await inbox.addTenant('1');
    await store(inbox, tenant, shifts);
    clock.move(2 * day);
    const whose = own ? { tenantId: tenant } : {};
    const before = shifts.filter((shift) => shift < day).length;
    expect(await removeOld(inbox.services.store.operator, { days: 1, ...whose, now: clock.now, rest })).toBe(before);
    expect(await count(inbox)).toBe(shifts.length - before);
  }
});

test('a dead event stays, however old; so does it for a tenant’s own retention', async () => {
  const clock = stopClock();
  const limits = { ...workerLimits, look: 5, backOff: [] };
  const inbox = await openInbox({
    world: { now: clock.now, limits },
    handle: ({ object }) => (object['id'] === 'dies' ? Promise.reject(new Error('no')) : Promise.resolve(undefined)),
  });
  const tenant = await inbox.addTenant('1');
  const dead = await inbox.send(tenant, { id: 'dies' });
  await inbox.send(tenant, { id: 'lives' });
  inbox.work();
  const { operator } = inbox.services.store;
  await until(async () => (await operator.findEvent(dead))?.state === 'dead');
  await until(async () => (await operator.countEvents({ state: 'handled' })) === 1);
  await until(async () => (await inbox.services.history.listChanges(tenant, {}, { limit: 9 })).changes.length === 2);
  clock.move(401 * day);
  expect(await removeOld(operator, { days: 400, tenantId: tenant, now: clock.now, rest })).toBe(1);
  expect(await removeOld(operator, { days: 400, now: clock.now, rest })).toBe(0);
  expect(await operator.findEvent(dead)).toMatchObject({ state: 'dead' });
});

test('a clock that is years ahead removes nothing, says so, and removes again when it is right or confirmed', async () => {
  const folder = makeFolder();
  const clock = stopClock();
  const open = (): Promise<TestInbox> =>
    openInbox({ folder, world: { now: clock.now }, settings: { RETENTION_DAYS: '400' } });
  const first = await open();
  const tenant = await first.addTenant('1');
  await store(first, tenant, times(20));
  await until(async () => (await first.services.store.operator.lastSeen()) === clock.now());
  await first.services.close();

  clock.move(3650 * day);
  const ahead = await open();
  ahead.work();
  await until(() => ahead.log.some(({ msg }) => String(msg).startsWith('nothing is removed: the clock has moved')));
  expect(await count(ahead)).toBe(20);
  await ahead.services.store.operator.noteSeen(clock.now());
  await ahead.services.close();

  const confirmed = await open();
  confirmed.work();
  await until(async () => (await count(confirmed)) === 0);
});

test('doctor says that the clock has moved, and an operator confirms it', async () => {
  const folder = makeFolder();
  const long = Date.now() - 100 * day;
  const inbox = await openInbox({ folder });
  await inbox.addTenant('1');
  await inbox.services.store.operator.noteSeen(long);
  const run = buildRun(inbox);
  expect((await run('doctor')).out).toContain('"retention confirm"');
  expect((await run('retention', 'confirm')).code).toBe(0);
  expect(await inbox.services.store.operator.lastSeen()).toBeGreaterThan(long + 99 * day);
  expect((await run('doctor')).out).not.toContain('"retention confirm"');
});
