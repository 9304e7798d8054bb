import { cacheCode } from '../../server/cache-code.js';

// Most of a command is reading and compiling code. The imports come after this.
cacheCode(process.env, 'command');

// `… | head` takes what it wants and goes.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const { run } = await import('./run.ts');
await run(process.env, process.argv.slice(2));
