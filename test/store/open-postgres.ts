import pg from 'pg';
import { inject } from 'vitest';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { openPostgresStore } from '../../src/server/store/postgres/open-postgres-store.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import { testKey, type TestDatabase } from './open-store.ts';

let schemas = 0;

/** Where a schema of the test cluster is, for a program that knows nothing of schemas. */
export function urlOf(schema: string, name = schema): string {
  const url = new URL(inject('postgresUrl'));
  url.searchParams.set('options', `-c search_path=${schema}`);
  url.searchParams.set('application_name', name);
  return url.href;
}

/** Asks the cluster itself. */
export async function askCluster(sql: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client(inject('postgresUrl'));
  await client.connect();
  try {
    return await client.query(sql, values);
  } finally {
    await client.end();
  }
}

/** A schema that nobody else has, and how to take it away. */
export async function makeSchema(): Promise<{ schema: string; end: () => Promise<void> }> {
  schemas += 1;
  const schema = `test_${process.pid}_${Date.now()}_${schemas}`;
  await askCluster(`CREATE SCHEMA ${schema}`);
  return {
    schema,
    async end() {
      await askCluster(`DROP SCHEMA ${schema} CASCADE`);
    },
  };
}

export interface PostgresDatabase extends TestDatabase {
  readonly schema: string;
}

/** Databases of the PostgreSQL adapter: each a schema of its own in the cluster of the run. */
export async function makePostgresDatabase(): Promise<PostgresDatabase> {
  const { schema, end } = await makeSchema();
  const opened = new Map<Store, string>();
  return {
    schema,
    async open(key = testKey) {
      const name = `${schema}_${opened.size}`;
      const store = buildStore((await openPostgresStore(urlOf(schema, name))).adapter, buildKeyring([key]));
      opened.set(store, name);
      return store;
    },
    /** To the server, a process that was killed is a connection that is not there any more. */
    async drop(store) {
      await askCluster('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
        opened.get(store),
      ]);
    },
    async end() {
      for (const store of opened.keys()) await store.close();
      await end();
    },
  };
}
