import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildKeyring } from '../../src/server/keys/keyring.ts';
import { buildStore } from '../../src/server/store/build-store.ts';
import { openSqliteStore } from '../../src/server/store/sqlite/open-sqlite-store.ts';
import type { Adapter, Store } from '../../src/server/store/ports/store.ts';
import { quickest } from '../support/make-home.ts';

/** A database of its own, for one test or one generated history. */
export interface TestDatabase {
  /** One more handle on it, as another process has one. */
  open(key?: string): Promise<Store>;
  /** Ends the handle as a kill ends a process: nothing is closed, and what was under way stays in the middle. */
  drop(store: Store): Promise<void>;
  /** Closes what is open, and takes the database away. */
  end(): Promise<void>;
}
export type MakeDatabase = () => Promise<TestDatabase>;

export const testKey = 'an app key for tests that is long enough';

/** Databases of the SQLite adapter, in this thread or in threads of its own. Each is a copy of one made once: to migrate takes half the time. */
export function makeSqliteDatabases(openAdapter: (file: string) => Promise<Adapter> = openSqliteStore): {
  make: () => Promise<TestDatabase & { readonly file: string }>;
  end: () => void;
} {
  const folder = mkdtempSync(join(quickest, 'appconnect-battery-'));
  const template = join(folder, 'template.db');
  const made = openSqliteStore(template).then((store) => store.close());
  let copies = 0;
  const make = async () => {
    await made;
    copies += 1;
    const file = join(folder, `${copies}.db`);
    cpSync(template, file);
    const opened: Store[] = [];
    return {
      file,
      async open(key = testKey) {
        const store = buildStore(await openAdapter(file), buildKeyring([key]));
        opened.push(store);
        return store;
      },
      // Its locks are nobody's between two acts; its file descriptors stay until the end.
      drop: () => Promise.resolve(),
      async end() {
        for (const store of opened) await store.close();
        for (const name of [file, `${file}-wal`, `${file}-shm`]) rmSync(name, { force: true });
      },
    };
  };
  const end = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  return { make, end };
}
