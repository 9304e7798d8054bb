import { readFileSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { sortEvent } from '../../src/server/inbox/sort-event.ts';
import { buildSortEvents } from '../../src/server/inbox/sort-events.ts';
import { openStoreAt } from '../history/open-history.ts';
import { databaseFile, hook, openInbox, roomForAll } from '../support/start-inbox.ts';
import { makeFolder } from '../support/start-server.ts';
import { until } from '../support/until.ts';

const says = /^What is stored of it cannot be read: /;

function damage(file: string, eventId: number, fields: string): void {
  const database = new Database(file);
  database.prepare('UPDATE events SET fields = ? WHERE id = ?').run(fields, eventId);
  database.close();
}

test.each(['no JSON', '', 'null', '[1]', '5', '"text"', '{"object":5}', '{"object":null}', '{"object":{"id":1}}'])(
  'an event of which is stored %j is set aside and said so; its object, its tenant and all others go on, on the pages too',
  async (fields) => {
    const folder = makeFolder();
    const handled: unknown[] = [];
    const inbox = await openInbox({
      folder,
      handle: ({ object }, { tenant }) => {
        handled.push([tenant.contract, object['n']]);
        return Promise.resolve(undefined);
      },
    });
    const [one, two] = [await inbox.addTenant('1'), await inbox.addTenant('2')];
    const damaged = await inbox.send(one, { id: 1, n: 1 });
    await inbox.send(one, { id: 1, n: 2 });
    await inbox.send(two, { id: 1, n: 3 });
    damage(databaseFile(folder), damaged, fields);
    inbox.work();
    await until(() => handled.length === 2);
    expect(handled.toSorted()).toEqual([
      ['1', 2],
      ['2', 3],
    ]);
    const { operator, history } = inbox.services.store;
    const dead = await operator.listEvents({ state: 'dead' }, { limit: 9 });
    expect(dead).toMatchObject([
      { id: damaged, tenantId: one, attempt: 0, fault: expect.stringMatching(says) as string },
    ]);
    const lines = inbox.log.filter(({ msg }) => msg === 'event is dead: it cannot be read, and is set aside');
    expect(lines).toMatchObject([{ tenant: one, event: damaged }]);
    await until(async () => (await history.listChanges(one, {}, { limit: 9 })).changes.length === 2);
    await until(async () => (await history.listChanges(two, {}, { limit: 9 })).changes.length === 1);
    // What an operator and a reader look for first.
    expect(await operator.findEvent(damaged)).toMatchObject({ id: damaged, state: 'dead', fields: undefined });
    const found = await history.listChanges(one, { state: 'failed', text: 'nobody' }, { limit: 9 });
    expect(found.changes).toEqual([]);
  },
);

test('an event that is damaged after it was sorted is dead at its first attempt, and those behind it are handled', async () => {
  const folder = makeFolder();
  const handled: unknown[] = [];
  const begun: (() => void)[] = [];
  const inbox = await openInbox({
    folder,
    handle: async ({ object }) => {
      if (object['n'] === 1) await new Promise<void>((resolve) => begun.push(resolve));
      handled.push(object['n']);
      return undefined;
    },
  });
  const tenant = await inbox.addTenant('1');
  for (const n of [1, 2, 3]) await inbox.send(tenant, { id: 1, n });
  inbox.work();
  await until(() => begun.length > 0);
  damage(databaseFile(folder), 2, 'no JSON');
  begun[0]?.();
  await until(() => handled.length === 2);
  expect(handled).toEqual([1, 3]);
  expect(await inbox.services.store.inbox.findHandling(2)).toMatchObject({
    state: 'dead',
    fault: expect.stringMatching(says) as string,
  });
});

/** What a bad sector does: the event's row is there, and the pages behind it are not its. */
async function breakPages(file: string): Promise<void> {
  const store = await openStoreAt(file);
  const append = (id: number, text: string) =>
    store.inbox.append([{ ...hook, tenantId: id, receivedAt: 5, fields: { object: JSON.stringify({ id, text }) } }]);
  await append(1, 'first');
  await append(2, `BEGIN${'x'.repeat(60_000)}END`);
  await append(3, 'last');
  await store.close();
  const bytes = readFileSync(file);
  // An overflow page: the number of the next one, then nothing but content.
  const content = Buffer.alloc(4092, 'x');
  let at = 0;
  while (!bytes.subarray(at + 4, at + 4096).equals(content)) at += 4096;
  bytes.writeUInt32BE(0xffffff, at);
  writeFileSync(file, bytes);
}

test('an event whose pages are damaged stands in nobody’s way: sorting, claiming and describing pass it', async () => {
  const file = `${makeFolder()}/a.db`;
  await breakPages(file);
  const { inbox, operator, describing } = await openStoreAt(file);
  const said: object[] = [];
  const sort = buildSortEvents({
    sort: (event) => Promise.resolve(sortEvent(event)),
    hasHandler: () => true,
    log: { error: (fields) => said.push(fields) },
  });
  const events = await inbox.listUnsorted(9);
  expect(events.map(({ id }) => id)).toEqual([1, 2, 3]);
  await inbox.advance({ now: 5, sorted: await sort(events) });
  expect(said).toMatchObject([{ event: 2, fault: expect.stringMatching(says) as string }]);
  expect(await operator.listEvents({ state: 'dead' }, { limit: 9 })).toMatchObject([{ id: 2 }]);
  await operator.replay({ ids: [2] }, { after: 0 });
  const { claimed } = await inbox.advance({ now: 5, claim: { now: 5, lease: 'a/1', room: roomForAll } });
  expect(claimed.map(({ event, unreadable }) => [event.id, unreadable !== undefined])).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
  expect((await describing.listUndescribed(9))?.events.map(({ id, fields }) => [id, fields === ''])).toEqual([
    [1, false],
    [2, true],
    [3, false],
  ]);
});
