import pg from 'pg';
import { openDatabase, type Database } from './database.ts';

/** Milliseconds. A statement that takes longer is ended by the server, and given up here when the server does not answer either. */
const limits = {
  statement_timeout: 10_000,
  query_timeout: 15_000,
  connectionTimeoutMillis: 5000,
  idle_in_transaction_session_timeout: 30_000,
};

/** PostgreSQL's 64-bit integers are numbers here, as everywhere: ids and times are far below 2^53. */
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.INT8, Number);

/** Connections for the path of the events, and others for all the rest: a slow page keeps no event waiting. */
export function openPools(url: string): { events: Database; pages: Database; end(): Promise<void> } {
  const open = (max: number, keeps: boolean): Database =>
    openPool({ connectionString: url, max, types, ...limits }, keeps);
  const [events, pages] = [open(4, true), open(5, false)];
  return {
    events,
    pages,
    async end() {
      await Promise.all([events.end(), pages.end()]);
    },
  };
}

/** Connections whose statements have no time limit: for bringing tables up to date, or moving them. */
export function openPatient(url: string): Database {
  return openPool({ connectionString: url, max: 2, connectionTimeoutMillis: 10_000 }, false);
}

function openPool(options: pg.PoolConfig, keeps: boolean): Database {
  const pool = new pg.Pool({ keepAlive: true, ...options });
  // A lost connection emits an error, which would end the process if nobody listened: a query on it fails with its own error, and an
  // unused connection is replaced.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return openDatabase(pool, { keeps });
}
