import type { Config } from './config.ts';
import { Refusal } from './errors.ts';
import { findKeyring } from './find-keyring.ts';
import type { Keyring } from './keys/keyring.ts';
import { isPostgres, type Places } from './places.js';
import { buildStore } from './store/build-store.ts';
import { checkIntegrity } from './store/sqlite/check-integrity.ts';
import type { Migrated } from './store/sqlite/migrate.ts';
import { makePrivate } from './store/sqlite/open-database.ts';
import { openSqliteStore } from './store/sqlite/open-sqlite-store.ts';
import { refuseVersion, surveyDatabase } from './store/sqlite/survey.ts';
import type { Adapter, Store } from './store/ports/store.ts';
import { openThreads, type Threads } from './threads/open-threads.ts';

/**
 * The server makes missing files, brings the database up to date, and has threads for it: `one-thread` does the same without them, for
 * tests. The command line beside it does none of that.
 */
export type Role = 'server' | 'one-thread' | 'command';

export interface OpenedStore {
  readonly keyring: Keyring;
  readonly store: Store;
  readonly migrated: readonly Migrated[];
  /** If the database has threads: describes sorted events in one of them. */
  readonly follow: Threads['follow'] | undefined;
}

/** All refusals come before anything is changed. */
export async function openStore(config: Config, places: Places, role: Role): Promise<OpenedStore> {
  if (isPostgres(config.DATABASE_URL)) {
    // Loaded only where it is used: otherwise every start would take longer.
    const { openOnPostgres } = await import('./open-on-postgres.ts');
    return openOnPostgres(config, places, role);
  }
  const { database } = places;
  const isServer = role !== 'command';
  const survey = surveyDatabase(database);
  if (survey === undefined && !isServer)
    throw new Refusal(
      'not-found',
      `There is no database ${database}: start the server once, which makes it, or correct DATABASE_URL.`,
    );
  const refusal = survey && refuseVersion(survey.version, database, { mayMigrate: isServer });
  if (refusal !== undefined) throw new Refusal('unavailable', refusal);
  const fault = isServer && survey !== undefined ? checkIntegrity(database, false).fault : undefined;
  if (fault !== undefined)
    throw new Refusal(
      'unavailable',
      `The database ${database} is damaged (${fault}): keep a copy of its files, and restore a backup; docs/operate.md says how.`,
    );
  if (isServer && places.ownFolder !== undefined) makePrivate(places.ownFolder, 0o700);
  const keyring = findKeyring(config, places, survey, { mayMake: isServer });
  const migrated: Migrated[] = [];
  const as = { keepCopy: config.MIGRATION_COPY === 'yes', onMigrated: (done: Migrated) => migrated.push(done) };
  const { adapter, follow }: Pick<OpenedStore, 'follow'> & { adapter: Adapter } =
    role === 'server'
      ? await openThreads(database, as)
      : { adapter: await openSqliteStore(database, isServer ? as : 'beside'), follow: undefined };
  return { keyring, store: buildStore(adapter, keyring), migrated, follow };
}
