import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeEvent } from '../../src/server/history/describe-event.ts';
import { sortEvent } from '../../src/server/inbox/sort-event.ts';
import { buildDescribe } from '../../src/server/store/sqlite/history/describe.ts';
import { openDatabase, type Database } from '../../src/server/store/sqlite/open-database.ts';
import { makeFolder } from '../process/start-process.ts';
import { databaseName, type Template } from './template.ts';

export interface HistorySize {
  readonly changes: number;
  readonly objects: number;
  /** Changes of the object `1` alone. */
  readonly ofOne: number;
}

const day = 86_400_000;
const days = 400;
const hooks = [
  { modcode: 'invoice', hook: 'event_invoice_line_change' },
  { modcode: 'todo', hook: 'event_product_use_change' },
] as const;
const products = ['Kuglehane', 'Termostat', 'Cirkulationspumpe', 'Kobberrør', 'Gulvafløb', 'Køkkenarmatur', 'Kørsel'];
const customers = ['Sørensen & Søn ApS', 'Ærø Kommune', 'Boligforeningen Åparken', 'Café Idé', 'Hansen VVS A/S'];
const names = ['Jens', 'Mette', 'Åse', 'Søren', 'Line', 'Bo', 'Ida', 'Per'];

/** The same numbers in every run. */
function buildRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** One object as Microbizz might tell of it: 25 fields, one of them nested; every one says `stk`. */
function buildObject(id: number, count: number, at: number, random: (below: number) => number): object {
  const product = id % 900;
  const user = 1 + random(40);
  return {
    id,
    productid: 70_000 + product,
    productnumber: `VVS-${String(product).padStart(4, '0')}`,
    producttext: `${products[product % products.length] ?? ''} ${10 + (product % 50)} mm`,
    amount: 1 + random(20),
    unit: 'stk',
    unitprice: (5000 + random(200_000)) / 100,
    costprice: (2500 + (product % 900) * 37) / 100,
    discount: random(4) * 5,
    vat: 25,
    invoiceid: 10_000 + Math.floor(id / 4),
    todoid: 400_000 + Math.floor(id / 3),
    customerid: 1 + (id % 5000),
    customertext: `${customers[id % customers.length] ?? ''} ${id % 5000}`,
    userid: user,
    usercode: `U${user}`,
    usertext: names[user % names.length],
    changedate: new Date(at).toISOString().slice(0, 10),
    changetime: new Date(at).toISOString().slice(11, 19),
    invoiced: random(2) === 1,
    comment: count % 10 === 0 ? `Rettet af kontoret ${random(1000)}` : '',
    address: { street: `Nørregade ${id % 200}`, zip: String(1000 + (id % 8999)), city: 'Hjørring' },
    lines: [{ count: random(9), place: `Lager ${random(5)}` }],
  };
}

/** Handled, all but some: a hundred dead, five hundred of a paused forward, spread over all the time. */
function stateOf(number: number, all: number): 'handled' | 'dead' | 'queued' {
  if (number % Math.max(3, Math.floor(all / 100)) === 1) return 'dead';
  return number % Math.max(3, Math.floor(all / 500)) === 2 ? 'queued' : 'handled';
}

export interface FilledHistory {
  readonly folder: string;
  readonly database: string;
  readonly tenantId: number;
  /** Milliseconds since 1970: until then reach the changes. */
  readonly now: number;
}

/** A copy of the template's database in a folder of its own, with so many changes of its tenant. */
export async function buildHistoryTemplate(template: Template, size: HistorySize): Promise<FilledHistory> {
  const folder = makeFolder();
  const now = Date.now();
  const path = join(folder, databaseName);
  copyFileSync(template.database, path);
  const database = openDatabase(path);
  const tenantId = database.prepare<[], number>('SELECT id FROM tenants').pluck().get() ?? 0;
  database.close();
  await fillHistory(path, tenantId, size, now);
  return { folder, database: path, tenantId, now };
}

/**
 * Fills a database with changes of one tenant, as arrivals over 400 days would have: events and handlings in bulk, what is worked out
 * of them by the server's own code. A million take some minutes.
 */
async function fillHistory(path: string, tenantId: number, size: HistorySize, now: number): Promise<void> {
  const database = openDatabase(path);
  database.pragma('synchronous = OFF');
  fillEvents(database, tenantId, size, now);
  const store = buildDescribe(database);
  for (;;) {
    const batch = await store.listUndescribed(512);
    if (batch === undefined) break;
    await store.describe(batch, batch.events.map(describeEvent));
  }
  database.exec('ANALYZE');
  database.pragma('wal_checkpoint(TRUNCATE)');
  database.close();
}

function fillEvents(database: Database, tenantId: number, { changes, objects, ofOne }: HistorySize, now: number): void {
  const random = buildRandom(7);
  const event = database.prepare(
    'INSERT INTO events (tenant_id, modcode, hook, received_at, fields, gap_after) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const handling = database.prepare(
    'INSERT INTO handlings (event_id, forward_id, tenant_id, lane, object_id, previous_id, state) VALUES (?, 0, ?, ?, ?, ?, ?)',
  );
  const object = database.prepare(
    `INSERT INTO objects (tenant_id, modcode, hook, object_id, hash, latest_id, changes) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const known = new Map<number, { latest: number; count: number; at: number }>();
  const every = Math.floor(changes / ofOne);
  const fill = database.transaction((from: number, to: number) => {
    for (let number = from; number < to; number += 1) {
      const id = number % every === 0 ? 1 : 2 + random(objects - 1);
      const name = hooks[id % 5 < 3 ? 0 : 1];
      const at = now - days * day + Math.floor((number / changes) * days * day);
      const before = known.get(id);
      const fields = { object: JSON.stringify(buildObject(id, before?.count ?? 0, at, random)) };
      const gap = number % 100 === 3 ? 0 : null;
      const row = event.run(tenantId, name.modcode, name.hook, at, JSON.stringify(fields), gap).lastInsertRowid;
      const latest = Number(row);
      const lane = `${tenantId}/${name.modcode}#${id}`;
      handling.run(latest, tenantId, lane, String(id), before?.latest ?? null, stateOf(number, changes));
      known.set(id, { latest, count: (before?.count ?? 0) + 1, at });
    }
  });
  for (let from = 0; from < changes; from += 10_000) fill(from, Math.min(changes, from + 10_000));
  database.transaction(() => {
    for (const [id, { latest, count, at }] of known) {
      const name = hooks[id % 5 < 3 ? 0 : 1];
      const fields = JSON.stringify({ object: String(id) });
      const { hash } = sortEvent({ id: latest, tenantId, ...name, receivedAt: at, fields });
      object.run(tenantId, name.modcode, name.hook, String(id), hash, latest, count);
    }
  })();
}
