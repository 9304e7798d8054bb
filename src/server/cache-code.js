// @ts-check
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { parseEnv } from 'node:util';
import { findPlaces, findSettingsFile } from './places.js';

// JavaScript, as places.js.

/**
 * Node strips the types and compiles every file anew at each start, unless it may keep what it compiled. Beside the database, for nobody but
 * us: Node takes what it finds there as our code (nodejs.org/api/module.html#module-compile-cache), so it must never be in a folder that
 * others write in; nor does a command of root take what the server's user has put there. None before the database has a folder, or when the
 * settings cannot be read. A command uses the server's, and makes none.
 * @param {NodeJS.ProcessEnv} env
 * @param {'server' | 'command'} role
 * @returns {string | undefined} DATABASE_URL; undefined when it cannot be read, or is not said.
 */
export function cacheCode(env, role) {
  let url;
  try {
    url = env['DATABASE_URL'] ?? readUrl(env['SETTINGS_FILE']);
    const { database } = findPlaces({ DATABASE_URL: url?.replace(/^file:/, '') || 'data/appconnect.db' });
    const beside = dirname(database);
    const folder = join(beside, 'compile-cache');
    if (!isPrivate(beside)) return url;
    if (role === 'server') {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      // Fails when it is another user's.
      chmodSync(folder, 0o700);
    }
    if (isPrivate(folder)) enableCompileCache(folder);
  } catch {
    // The start is slower; what comes next says what is wrong with the settings.
  }
  return url;
}

/**
 * As the file of settings has it. Nothing else of it is taken here: the demo and the sandbox have settings of their own.
 * @param {string | undefined} named
 * @returns {string | undefined}
 */
function readUrl(named) {
  const file = findSettingsFile(named);
  return named || existsSync(file) ? parseEnv(readFileSync(file, 'utf8'))['DATABASE_URL'] : undefined;
}

/**
 * A folder of our own user, and no link to one, that nobody else may write in.
 * @param {string} folder
 * @returns {boolean}
 */
function isPrivate(folder) {
  const found = lstatSync(folder);
  const own = process.getuid?.() ?? found.uid;
  return found.isDirectory() && found.uid === own && (found.mode & 0o022) === 0;
}
