import { statSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { startPostgres } from '../test/support/start-postgres.ts';
import { testSettings } from '../test/support/start-server.ts';
import { buildHistoryTemplate } from './servers/history-template.ts';
import { buildTemplate } from './servers/template.ts';

/**
 * `node bench/migrate-store.ts [events]`: a described history of so many events (1,000,000) is moved by the command line into a PostgreSQL
 * of its own, or into the empty database of STORE_TEST_POSTGRES_URL.
 */
const [changes = 1_000_000] = process.argv.slice(2).map(Number);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** The command as an operator runs it. */
function run(from: string, to: string): Promise<{ code: number | null; seconds: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, ['src/tools/cli/main.ts', 'migrate-store', `file:${from}`, to], {
    env: { PATH: process.env['PATH'], ...testSettings(1, '', { DATABASE_URL: `file:${from}` }) },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      resolve({ code, seconds: (performance.now() - began) / 1000 });
    });
  });
}

const given = process.env['STORE_TEST_POSTGRES_URL'];
const { url, stop } = given === undefined ? await startPostgres() : { url: given, stop: () => Promise.resolve() };
try {
  const began = performance.now();
  const { database } = await buildHistoryTemplate(await buildTemplate(), {
    changes,
    objects: changes / 10,
    ofOne: 1000,
  });
  const megabytes = Math.round(statSync(database).size / 1e6);
  say(`${changes} events, ${megabytes} MB, made in ${Math.round((performance.now() - began) / 1000)} s`);
  const { code, seconds } = await run(database, url);
  say(`moved and compared in ${seconds.toFixed(0)} s, ${Math.round(changes / seconds)} events a second (code ${code})`);
} finally {
  await stop();
}
process.exit();
