import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { findPlaces } from './server/places.ts';
import { loadSettings } from './server/settings-file.ts';

// Node strips the types and compiles every file anew at each start, half of the time that a start takes. The imports come after this.
cacheCode();

const { serve } = await import('./server/serve.ts');
const { app } = await import('./app/app.ts');
await serve(process.env, app);
// By itself the cache is written at an orderly end only.
flushCompileCache();

/**
 * Beside the database, for nobody but us: Node takes what it finds there as our code (nodejs.org/api/module.html#module-compile-cache), so
 * it must never be in a folder that others write in. None before the database has a folder, or when the settings cannot be read.
 */
function cacheCode(): void {
  try {
    loadSettings(process.env);
    const url = process.env['DATABASE_URL'];
    const { database } = findPlaces({ DATABASE_URL: url?.replace(/^file:/, '') || 'data/appconnect.db' });
    const beside = dirname(database);
    if ((statSync(beside).mode & 0o022) !== 0) return;
    const folder = join(beside, 'compile-cache');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Fails when it is another user's.
    chmodSync(folder, 0o700);
    enableCompileCache(folder);
  } catch {
    // The start is slower; serve says what is wrong with the settings.
  }
}
