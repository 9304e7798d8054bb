import { enableCompileCache, flushCompileCache } from 'node:module';

// Node strips the types and compiles every file anew at each start, half of the time that a start takes. The imports come after this.
enableCompileCache();

const { serve } = await import('./serve.ts');
const { app } = await import('./hooks/hooks.ts');
await serve(process.env, app);
// By itself the cache is written at an orderly end only.
flushCompileCache();
