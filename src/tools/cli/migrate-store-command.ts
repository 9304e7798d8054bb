import type { Command } from 'commander';
import { Environment, type Config } from '../../server/config.ts';
import { Refusal } from '../../server/errors.ts';
import { findKeyring } from '../../server/find-keyring.ts';
import { findPlaces, isPostgres } from '../../server/places.js';
import { isSame, type Compared } from './migrate-store/compare.ts';
import { moveStore } from './migrate-store/move-store.ts';
import { showProgress } from './migrate-store/show-progress.ts';
import { openSource } from './migrate-store/source.ts';
import { printJson, printLine, printTable } from './print.ts';

export function addMigrateStoreCommand(program: Command, config: () => Config): void {
  program
    .command('migrate-store')
    .argument('<from>', 'file:<path>: the SQLite database; its server must not be running')
    .argument('<to>', 'postgres://<user>:<password>@<host>/<database>: an empty PostgreSQL database')
    .description('moves everything from SQLite to PostgreSQL, and compares both; interrupted, it goes on where it was')
    .option('--json', 'for machines')
    .action(async (from: string, to: string, { json }: { json?: boolean }) => {
      const began = performance.now();
      const { tables, same } = await move(from, to, config());
      const seconds = Math.round((performance.now() - began) / 100) / 10;
      const places = findPlaces({ DATABASE_URL: to });
      if (json === true) printJson({ from, to: places.database, same, seconds, tables });
      else show(tables, same, { to: places.database, seconds });
      if (!same) throw new Refusal('unavailable', nameDifferences(tables));
    });
}

async function move(from: string, to: string, settings: Config) {
  const path = readUrl(from);
  if (isPostgres(path) || !isPostgres(readUrl(to)))
    throw new Refusal('bad-request', 'It moves from file:<path> to postgres://…; there is no way back by a command.');
  const places = findPlaces({ DATABASE_URL: path });
  const source = openSource(places.database);
  const { tell, end } = showProgress(process.stderr, () => performance.now());
  try {
    const keyring = findKeyring(settings, places, source.survey, { mayMake: false });
    return await moveStore({ source, url: to, name: findPlaces({ DATABASE_URL: to }).database, keyring, tell });
  } finally {
    end();
    source.database.close();
  }
}

function readUrl(text: string): string {
  const read = Environment.shape.DATABASE_URL.safeParse(text);
  if (read.success) return read.data;
  throw new Refusal('bad-request', read.error.issues.map(({ message }) => `It ${message}.`).join(' '));
}

function show(tables: readonly Compared[], same: boolean, { to, seconds }: { to: string; seconds: number }): void {
  printTable(
    tables.map(({ table, source, target }) => ({
      table,
      source: source.rows,
      target: target.rows,
      hash: target.hash.slice(0, 16),
    })),
    'Nothing.',
  );
  if (!same) return;
  printLine(`Everything is in ${to}, and is the same, after ${seconds} s.`);
  printLine(
    'Start the server with this DATABASE_URL, and with the same key as APP_KEY. Keep the old database until you are sure.',
  );
}

function nameDifferences(tables: readonly Compared[]): string {
  const found = tables.filter((each) => !isSame(each));
  const each = found.map(({ table, different }) => `${table} (${different.join(', ')})`);
  return `Not the same: ${each.join('; ')}. No server starts with the target as it is: empty it, and begin again.`;
}
