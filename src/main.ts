import { flushCompileCache } from 'node:module';
import { cacheCode } from './server/cache-code.js';
import { isPostgres } from './server/places.js';

// Half of the time of a start goes into stripping types and compiling. The imports come after this.
const database = cacheCode(process.env, 'server');
if (database === undefined || !isPostgres(database)) {
  const { beginAhead } = await import('./server/threads/begin-store-thread.ts');
  beginAhead();
}

const { serve } = await import('./server/serve.ts');
const { app } = await import('./app/app.ts');
await serve(process.env, app);
// By itself the cache is written at an orderly end only.
flushCompileCache();
