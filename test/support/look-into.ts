import Database from 'better-sqlite3';
import pg from 'pg';
import type { Stored } from './check-handled.ts';

/** What is in a database, read beside its servers: the file of a SQLite one, or the address of a PostgreSQL. Both have these names. */
async function look<Row extends object>(database: string, sql: string): Promise<Row[]> {
  if (database.startsWith('postgres:')) {
    const client = new pg.Client({ connectionString: database });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }
  const file = new Database(database, { readonly: true });
  try {
    return file.prepare<[], Row>(sql).all();
  } finally {
    file.close();
  }
}

async function count(database: string, sql: string): Promise<number> {
  const [row] = await look<{ number: number | string }>(database, `SELECT (${sql}) AS number`);
  return Number(row?.number);
}

export async function readStored(database: string): Promise<Stored[]> {
  const rows = await look<{ event: string; modcode: string; fields: string; state: string | null }>(
    database,
    `SELECT 'evt_' || (SELECT mark FROM epochs WHERE first_id <= e.id ORDER BY first_id DESC LIMIT 1) || '_' || e.id AS event,
       e.modcode, e.fields, h.state FROM events e LEFT JOIN handlings h ON h.event_id = e.id AND h.forward_id = 0
     WHERE e.fields IS NOT NULL ORDER BY e.id`,
  );
  return rows.map(({ event, modcode, fields, state }) => {
    const sent = JSON.parse(fields) as Record<string, string>;
    const { id, sequence } = JSON.parse(
      sent['object'] ?? `{"id":${sent['object[id]'] ?? 0},"sequence":${sent['object[sequence]'] ?? 0}}`,
    ) as { id: number; sequence: number };
    return { event, lane: `${modcode}#${id}`, sequence, duplicate: state === 'duplicate' };
  });
}

/** Events that are not yet sorted, and handlings that are not yet over. */
export function countOpen(database: string): Promise<number> {
  return count(
    database,
    `SELECT (SELECT coalesce(sum(last_id - first_id + 1), 0) FROM unsorted)
       + (SELECT count(*) FROM handlings WHERE state IN ('ready', 'queued', 'held'))`,
  );
}

/** Handlings that were given up. */
export function countDead(database: string): Promise<number> {
  return count(database, "SELECT count(*) FROM handlings WHERE state = 'dead'");
}
