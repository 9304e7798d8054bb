import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { sortEvent } from '../../src/server/inbox/sort-event.ts';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { migrations } from '../../src/server/store/postgres/migrations.ts';
import { openPostgresStore } from '../../src/server/store/postgres/open-postgres-store.ts';
import type { Finish, Taken } from '../../src/server/store/ports/inbox.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import { countWrites } from '../support/count-writes.ts';
import { connect, event, noon, receive, roomForAll } from './battery/world.ts';
import { askCluster, makePostgresDatabase, makeSchema, urlOf, type PostgresDatabase } from './open-postgres.ts';
import { testKey, type TestDatabase } from './open-store.ts';

async function make(): Promise<PostgresDatabase> {
  const database = await makePostgresDatabase();
  onTestFinished(() => database.end());
  return database;
}
const openMany = (database: TestDatabase, number: number): Promise<Store[]> =>
  Promise.all(Array.from({ length: number }, () => database.open()));

test('eight that store at once, and one who walks upwards by id: it passes none', async () => {
  const database = await make();
  const store = await database.open();
  const tenants = [await connect(store, '1'), await connect(store, '2')];
  const writers = await openMany(database, 8);
  const stored: number[] = [];
  let writing = true;
  const write = async (writer: Store, place: number): Promise<void> => {
    for (let batch = 0; batch < 60; batch += 1) {
      const size = 1 + ((batch * 7 + place) % 9);
      const arrivals = Array.from({ length: size }, (_, at) => event(tenants[at % 2] ?? 0, { id: place, batch, at }));
      stored.push(...(await writer.inbox.append(arrivals)));
    }
  };
  const seen: number[] = [];
  const reader = new pg.Client(urlOf(database.schema));
  await reader.connect();
  const walk = async (): Promise<void> => {
    for (let last = false; !last;) {
      last = !writing;
      const found = await reader.query<{ id: string }>('SELECT id FROM events WHERE id > $1 ORDER BY id', [
        seen.at(-1) ?? 0,
      ]);
      seen.push(...found.rows.map(({ id }) => Number(id)));
    }
    await reader.end();
  };
  const walking = walk();
  await Promise.all(writers.map(write));
  writing = false;
  await walking;
  expect(seen).toEqual(stored.toSorted((a, b) => a - b));
});

interface Log {
  begin(one: Taken): void;
  end(one: Taken): void;
}

/** One process that sorts, claims and ends what it holds: does a step, and answers whether there was anything to do. */
function startWorker({ inbox }: Store, name: string, log: Log): () => Promise<boolean> {
  const held: Taken[] = [];
  let claims = 0;
  return async () => {
    const finishes: Finish[] = held
      .splice(0, Math.ceil(held.length / 2))
      .map((claimed) => ({ claimed, ending: { kind: 'handled' } }));
    for (const { claimed } of finishes) log.end(claimed);
    const sorted = (await inbox.listUnsorted(8)).map((each) => ({ ...sortEvent(each), handler: true }));
    claims += 1;
    const room = { ...roomForAll, step: 6, perTarget: 4 };
    const claim = { now: noon, lease: `${name}/${claims}`, room };
    const { claimed, lost } = await inbox.advance({ now: noon, finishes, sorted, claim });
    expect(lost).toEqual([]);
    for (const one of claimed) log.begin(one);
    held.push(...claimed);
    return finishes.length + sorted.length + claimed.length > 0;
  };
}

/** Sees that of one object one event at a time is handled, in order. */
function watchLanes(): Log & { readonly wrong: string[] } {
  const underWay = new Map<string, number>();
  const last = new Map<string, number>();
  const wrong: string[] = [];
  return {
    wrong,
    begin({ objectId, event: { id } }): void {
      if (underWay.has(objectId)) wrong.push(`${id} of ${objectId} beside ${underWay.get(objectId)}`);
      if ((last.get(objectId) ?? 0) >= id) wrong.push(`${id} of ${objectId} after ${last.get(objectId)}`);
      underWay.set(objectId, id);
      last.set(objectId, id);
    },
    end({ objectId }): void {
      underWay.delete(objectId);
    },
  };
}

test('four workers and three that store: of one object one at a time, in order, and none is left', async () => {
  const database = await make();
  const store = await database.open();
  const tenant = await connect(store);
  const lanes = watchLanes();
  let writing = true;
  const write = async (writer: Store, place: number): Promise<void> => {
    for (let batch = 0; batch < 40; batch += 1)
      await writer.inbox.append(
        Array.from({ length: 1 + (batch % 5) }, (_, at) => event(tenant, { id: (batch + at) % 9, place, batch })),
      );
  };
  const work = async (step: () => Promise<boolean>): Promise<void> => {
    for (let busy = true; busy;) busy = (await step()) || writing;
  };
  const workers = (await openMany(database, 4)).map((each, at) => startWorker(each, `w${at}`, lanes));
  const working = workers.map(work);
  await Promise.all((await openMany(database, 3)).map(write));
  writing = false;
  await Promise.all(working);
  expect(lanes.wrong).toEqual([]);
  expect(await store.operator.countEvents({ state: 'handled' })).toBe(3 * 8 * 15);
});

test('workers that are killed in the middle of a step leave nothing stuck, and nothing half done', async () => {
  const database = await make();
  const store = await database.open();
  const tenant = await connect(store);
  for (let life = 1; life <= 12; life += 1) {
    const dying = await database.open();
    await store.inbox.append(Array.from({ length: 5 }, (_, n) => event(tenant, { id: n, life })));
    const step = startWorker(dying, `life${life}`, { begin: () => undefined, end: () => undefined });
    await step();
    const dies = step().catch(() => undefined);
    // In the middle, wherever that is: each time another turn later.
    for (let turn = 0; turn < life; turn += 1) await new Promise(setImmediate);
    await database.drop(dying);
    await dies;
    const leases = (await store.inbox.listLeases()).filter((lease) => lease.startsWith(`life${life}/`));
    await store.inbox.releaseLeases(leases, { now: noon, pauses: Array<number>(99).fill(0) });
  }
  const last = startWorker(store, 'last', watchLanes());
  while (await last());
  expect(await store.operator.countEvents({ state: 'handled' })).toBe(60);
  expect(await store.operator.counters()).toEqual([
    { tenantId: tenant, name: 'handled', value: 60 },
    { tenantId: tenant, name: 'received', value: 60 },
  ]);
});

test('of servers that start together on nothing one makes the tables; a newer database is refused', async () => {
  const { schema, end } = await makeSchema();
  onTestFinished(end);
  const url = urlOf(schema);
  const opened = await Promise.all(Array.from({ length: 5 }, () => openPostgresStore(url)));
  const [first] = opened;
  if (first === undefined) throw new Error('none was opened');
  const store = buildStore(first.adapter, buildKeyring([testKey]));
  expect(await receive(store, event(await connect(store), { id: 1 }))).toEqual([1]);
  await askCluster(`UPDATE ${schema}.schema_version SET version = $1`, [migrations.length + 1]);
  for (const as of ['server', 'beside'] as const)
    await expect(openPostgresStore(url, as)).rejects.toThrow(/^The database is newer/);
  for (const { adapter } of opened) await adapter.close();
});

test('acts of one process that are asked for together are stored in that order, and one that is bad takes no other with it', async () => {
  const store = await (await make()).open();
  const tenant = await connect(store);
  const bad = event(tenant, { id: 'bad' }, { hook: null as never });
  const acts = Array.from({ length: 40 }, (_, n) => store.inbox.append([n === 20 ? bad : event(tenant, { id: 1, n })]));
  const ends = await Promise.allSettled(acts);
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(ends[20]).toMatchObject({ status: 'rejected' });
  const ids = ends.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
  expect(ids).toEqual(ids.toSorted((a, b) => a - b));
  expect(await store.operator.countEvents({})).toBe(39);
});

test('what the database passes over without a word is not acknowledged', async () => {
  const database = await make();
  const store = await database.open();
  const tenant = await connect(store);
  await askCluster(`
    CREATE FUNCTION ${database.schema}.pass_over() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN RETURN CASE WHEN NEW.hook <> 'lost' THEN NEW END; END $$;
    CREATE TRIGGER pass_over BEFORE INSERT ON ${database.schema}.events_all
      FOR EACH ROW EXECUTE FUNCTION ${database.schema}.pass_over()`);
  const given = [event(tenant, { id: 1 }), event(tenant, { id: 2 }, { hook: 'lost' }), event(tenant, { id: 3 })];
  await expect(store.inbox.append(given)).rejects.toThrow('Of 3 events that were given, 2 were stored.');
  expect(await store.inbox.append([event(tenant, { id: 4 })])).toHaveLength(1);
});

test('a store that is closed has stored what it was asked to before', async () => {
  const database = await make();
  const [store, other] = await openMany(database, 2);
  if (store === undefined || other === undefined) throw new Error('not opened');
  const tenant = await connect(store);
  const acts = Array.from({ length: 40 }, (_, n) => store.inbox.append([event(tenant, { id: n })]));
  await store.close();
  expect((await Promise.all(acts)).flat()).toHaveLength(40);
  expect(await other.operator.countEvents({})).toBe(40);
  await expect(store.inbox.append([event(tenant, { id: 1 })])).rejects.toMatchObject({ code: 'unavailable' });
});

test('what changed nothing is told to nobody', async () => {
  const store = await (await make()).open();
  const tenant = await connect(store);
  const writes = await countWrites(store.changes);
  await store.connections.noteVerified('i-2391', noon);
  await store.connections.removeExpired({ refused: 0, unused: 0 }, 9);
  expect(await store.grants.revoke('unknown', noon)).toBe(false);
  expect(await writes()).toBe(0);
  await store.connections.noteToken(tenant, noon);
  expect(await writes()).toBe(1);
});

test('a connection that is lost is a refusal, and the next act has another', async () => {
  const database = await make();
  const store = await database.open();
  const tenant = await connect(store);
  const holder = new pg.Client(urlOf('public'));
  await holder.connect();
  await holder.query('BEGIN; SELECT pg_advisory_xact_lock(7, 0)');
  const waiting = store.inbox.append([event(tenant, { id: 1 })]).then(
    () => undefined,
    (error: unknown) => error,
  );
  await untilWaiting(database);
  await database.drop(store);
  expect(await waiting).toMatchObject({ code: 'unavailable' });
  await holder.end();
  expect(await store.inbox.append([event(tenant, { id: 2 })])).toHaveLength(1);
  expect(await store.operator.countEvents({})).toBe(1);
});

async function untilWaiting({ schema }: PostgresDatabase): Promise<void> {
  for (;;) {
    const { rowCount } = await askCluster(
      "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'advisory' AND starts_with(application_name, $1)",
      [schema],
    );
    if ((rowCount ?? 0) > 0) return;
  }
}
