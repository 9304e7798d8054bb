// @ts-check
import { dirname, join, resolve } from 'node:path';
import { URL } from 'node:url';

// JavaScript, since it is read before the code that was compiled at an earlier start: to strip types costs 30 ms, of one file too.

/** The program's own folder: what a setting names by a relative path lies below it, wherever the program is started from. */
const home = resolve(import.meta.dirname, '../..');

/**
 * @typedef {object} Places
 * @property {string} database
 * @property {string | undefined} ownFolder The program's own folder for it, which a checkout makes as everybody may read it; undefined where a
 *   setting names another.
 * @property {string} key Of the key, when APP_KEY is not set.
 */

/**
 * Whether the database is a PostgreSQL, and no file.
 * @param {string} url
 * @returns {boolean}
 */
export function isPostgres(url) {
  return /^postgres(ql)?:/.test(url);
}

/**
 * Absolute, so that a log line or a refusal says which file is meant; of a PostgreSQL where it is, without who may enter.
 * @param {{ readonly DATABASE_URL: string }} config
 * @returns {Readonly<Places>}
 */
export function findPlaces({ DATABASE_URL: path }) {
  const ownFolder = join(home, 'data');
  if (isPostgres(path)) {
    const { host, pathname } = new URL(path);
    return { database: `postgres://${host}${pathname}`, ownFolder: undefined, key: join(ownFolder, 'app.key') };
  }
  const database = path === ':memory:' ? path : resolve(home, path);
  return {
    database,
    ownFolder: dirname(database) === ownFolder ? ownFolder : undefined,
    key: join(path === ':memory:' ? home : dirname(database), 'app.key'),
  };
}

/**
 * The file of settings: `.env` beside package.json, or what SETTINGS_FILE names.
 * @param {string | undefined} named
 * @returns {string}
 */
export function findSettingsFile(named) {
  return resolve(home, named === undefined || named === '' ? '.env' : named);
}
