import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { openPostgresStore } from '../../src/server/store/postgres/open-postgres-store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/server/store/ports/store.ts';
import { moveStore, type Moved, type Step } from '../../src/tools/cli/migrate-store/move-store.ts';
import { openSource } from '../../src/tools/cli/migrate-store/source.ts';
import { appKey, makeFolder } from '../support/start-server.ts';
import { fillStore } from './fill-store.ts';
import { makeSchema, urlOf } from './open-postgres.ts';

const keyring = buildKeyring([appKey]);
const small = { rows: 7, bytes: 20_000 };

/** Opens the file as a server does, again and again: each closes the one before. */
export function sqliteOf(file: string): { open: () => Promise<Store>; close: () => Promise<void> } {
  let opened: Store | undefined;
  const close = async (): Promise<void> => {
    await opened?.close();
    opened = undefined;
  };
  onTestFinished(close);
  return {
    close,
    async open() {
      await close();
      opened = buildStore(await openSqliteStore(file), keyring);
      return opened;
    },
  };
}

export async function makeTarget() {
  const { schema, end } = await makeSchema();
  const url = urlOf(schema);
  onTestFinished(end);
  const ask = async (sql: string): Promise<pg.QueryResult> => {
    const client = new pg.Client(url);
    await client.connect();
    return client.query(sql).finally(() => client.end());
  };
  const open = async (): Promise<Store> => {
    const store = buildStore((await openPostgresStore(url)).adapter, keyring);
    onTestFinished(() => store.close());
    return store;
  };
  return { url, ask, open };
}

export async function makeFilled() {
  const file = join(makeFolder(), 'appconnect.db');
  const source = sqliteOf(file);
  await fillStore(source.open);
  await source.close();
  return { file, source };
}

/** The move, as the command does it. */
export async function move(file: string, url: string, tell: (step: Step) => void = () => undefined): Promise<Moved> {
  const source = openSource(file);
  try {
    return await moveStore({ source, url, name: 'the target', keyring, tell, size: small });
  } finally {
    source.database.close();
  }
}

export const stopAt = (doing: Step['doing'], table: string) => (step: Step) => {
  if (step.doing === doing && step.table === table) throw new Error('stopped');
};
