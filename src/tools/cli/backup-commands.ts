import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../server/config.ts';
import { Refusal } from '../../server/errors.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';
import { putAppKey, readAppKey } from '../../server/keys/app-key.ts';
import { findKeyring } from '../../server/find-keyring.ts';
import { findPlaces, type Places } from '../../server/places.js';
import { surveyDatabase } from '../../server/store/sqlite/survey.ts';
import { saveBackup } from '../../server/store/sqlite/save-backup.ts';
import { restoreBackup } from '../../server/store/sqlite/restore-backup.ts';
import { megabytes } from '../../server/store/sqlite/save-copy.ts';
import { printJson, printLine } from './print.ts';
import { refusePostgres } from './refuse-postgres.ts';

interface BackupOptions {
  readonly withKey?: boolean;
  readonly json?: boolean;
}

export function addBackupCommands(program: Command, config: () => Config): void {
  program
    .command('backup')
    .argument('<file>', 'the copy; must not exist yet')
    .description('copies the database in one snapshot, checked, while the server runs')
    .option('--with-key', 'and the key, into <file>.key: anyone who has both can open the tokens')
    .option('--json', 'for machines')
    .action((name: string, { withKey, json }: BackupOptions) => {
      const began = performance.now();
      const { places, keys } = look(config());
      const file = resolve(name);
      if (withKey === true && keys === undefined) throw new Refusal('not-found', 'There is no key to back up.');
      const { bytes, events } = saveBackup(places.database, file, withKey === true ? keys : undefined);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      if (json === true) printJson({ file, bytes, events, key: withKey === true ? `${file}.key` : null });
      else {
        printLine(`${file}: ${events} events, ${megabytes(bytes)}, checked, after ${seconds} s.`);
        printLine(
          withKey === true
            ? `${file}.key: the key. Anyone who has both files can open the tokens of every Microbizz.`
            : 'The key is not in it: keep it elsewhere. Without it every Microbizz must connect again.',
        );
      }
    });

  program
    .command('restore')
    .argument('<file>', 'a backup')
    .description('replaces the database with a backup and keeps the old one beside it; the server must not be running')
    .option('--json', 'for machines')
    .action((name: string, { json }: BackupOptions) => {
      const file = resolve(name);
      const { places, keys } = look(config());
      const { aside } = restoreBackup(places.database, file, Date.now());
      const key = keys === undefined && existsSync(`${file}.key`) ? places.key : undefined;
      if (key !== undefined) putAppKey(key, readFileSync(`${file}.key`, 'utf8').trim());
      const doubt = doubtKey(config(), places);
      if (json === true)
        printJson({ database: places.database, aside: aside ?? null, key: key ?? null, doubt: doubt ?? null });
      else {
        printLine(`${places.database} is restored from ${file}.`);
        if (aside !== undefined) printLine(`The database before it: ${aside}`);
        if (key !== undefined) printLine(`The key was put back too: ${key}`);
        if (doubt !== undefined) printLine(doubt);
        printLine(
          'Start the server. docs/operate.md says what a restore means for forwards, handlers and the events since the backup.',
        );
      }
    });
}

/** Why the server will not start with the restored database and the key that is here; undefined when it will. */
function doubtKey(config: Config, places: Places): string | undefined {
  try {
    findKeyring(config, places, surveyDatabase(places.database), { mayMake: false });
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function look(config: Config): { places: Places; keys: string | undefined } {
  refusePostgres(config, 'pg_dump makes a copy of it, and pg_restore puts it back');
  const places = findPlaces(config);
  return { places, keys: config.APP_KEY?.map((key) => key.reveal()).join(',') ?? readAppKey(places.key) };
}
