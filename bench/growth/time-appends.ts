import { closeSync, fsyncSync, openSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Arrival } from '../../src/microbizz/domain/event.ts';
import type { InboxStore } from '../../src/server/store/ports/inbox.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import { storedFields } from '../load/payload.ts';
import type { Plan } from '../options.ts';

const [folder = '', plan = ''] = process.argv.slice(2);
const { sizes, rounds, batches } = JSON.parse(plan) as Plan['growth'];
const fields = JSON.parse(storedFields()) as Arrival['fields'];
const hook = { tenantId: 1, modcode: 'invoice', hook: 'event_invoice_line_change' };

/** A database as the server makes it, with so many events in it. They are put there without the care that costs time. */
async function fill(size: number): Promise<InboxStore> {
  const path = join(folder, `${size}.db`);
  await (await openSqliteStore(path)).close();
  const database = new Database(path);
  database.pragma('journal_mode = OFF');
  database.pragma('synchronous = OFF');
  const insert = database.prepare(
    `WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)
     INSERT INTO events (tenant_id, modcode, hook, received_at, fields) SELECT ?, ?, ?, ?, ? FROM counted`,
  );
  const most = 250_000;
  for (let rest = size; rest > 0; rest -= most) {
    insert.run(Math.min(rest, most), hook.tenantId, hook.modcode, hook.hook, Date.now(), storedFields());
  }
  database.close();
  // The disk must not still be writing this while appends are timed.
  const file = openSync(path, 'r+');
  fsyncSync(file);
  closeSync(file);
  return (await openSqliteStore(path)).inbox;
}

const batch = Array.from({ length: 64 }, (): Arrival => ({ ...hook, receivedAt: Date.now(), fields }));

/** Microseconds an event. A window holds several of SQLite's checkpoints, which come every 4 MB. */
async function time(inbox: InboxStore): Promise<number> {
  const began = performance.now();
  for (let count = 0; count < batches; count += 1) await inbox.append(batch);
  return ((performance.now() - began) * 1000) / (batches * batch.length);
}

const stores = await Promise.all(sizes.map(async (size) => ({ size, inbox: await fill(size), costs: [] as number[] })));
for (const { inbox } of stores) await time(inbox);
for (let round = 0; round < rounds; round += 1) {
  for (const { inbox, costs } of round % 2 === 0 ? stores : stores.toReversed()) costs.push(await time(inbox));
}
process.send?.(Object.fromEntries(stores.map(({ size, costs }) => [size, costs])));
