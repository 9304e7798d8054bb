import { dirname, join, resolve } from 'node:path';

/** The program's own folder: what a setting names by a relative path lies below it, wherever the program is started from. */
const home = resolve(import.meta.dirname, '../..');

export interface Places {
  readonly database: string;
  /** The program's own folder for it, which a checkout makes as everybody may read it; undefined where a setting names another. */
  readonly ownFolder: string | undefined;
  /** Of the key, when APP_KEY is not set. */
  readonly key: string;
}

/** Absolute, so that a log line or a refusal says which file is meant. */
export function findPlaces({ DATABASE_URL: path }: { readonly DATABASE_URL: string }): Places {
  const database = path === ':memory:' ? path : resolve(home, path);
  const ownFolder = join(home, 'data');
  return {
    database,
    ownFolder: dirname(database) === ownFolder ? ownFolder : undefined,
    key: join(path === ':memory:' ? home : dirname(database), 'app.key'),
  };
}

/** The file of settings: `.env` beside package.json, or what SETTINGS_FILE names. */
export function findSettingsFile(named: string | undefined): string {
  return resolve(home, named === undefined || named === '' ? '.env' : named);
}
