import type { Database as Sqlite } from 'better-sqlite3';
import type { Database } from '../../../server/store/postgres/database.ts';

/** Where ids are drawn from, by the table that has them. */
const sequences = {
  tenants: "pg_get_serial_sequence('tenants', 'id')",
  parked: "pg_get_serial_sequence('parked', 'id')",
  forwards: "pg_get_serial_sequence('forwards', 'id')",
  attempts: "pg_get_serial_sequence('attempts', 'id')",
  scopes: "pg_get_serial_sequence('scopes', 'id')",
  events: "'event_ids'",
};

/** New ids are above all that the source ever gave, also of what is gone. */
export async function continueIds(source: Sqlite, target: Database): Promise<void> {
  const given = source.prepare<[string], number>('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck();
  for (const [table, sequence] of Object.entries(sequences)) {
    const highest = source.prepare<[], number>(`SELECT coalesce(max(id), 0) FROM ${table}`).pluck().get() ?? 0;
    const last = Math.max(highest, given.get(table) ?? 0);
    if (last > 0) await target.run(`SELECT setval(${sequence}, $1)`, [last]);
  }
}
