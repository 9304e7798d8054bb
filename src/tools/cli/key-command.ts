import type { Command } from 'commander';
import type { Config } from '../../server/config.ts';
import { Refusal } from '../../server/errors.ts';
import { getAppKey } from '../../server/keys/app-key.ts';
import { buildKeyring } from '../../server/keys/keyring.ts';
import { giveUpKeyOnPostgres } from '../../server/open-on-postgres.ts';
import { findPlaces, isPostgres } from '../../server/places.js';
import { giveUpKey } from '../../server/store/give-up-key.ts';
import type { Replacement } from '../../server/store/ports/sealed.ts';
import { replaceSealed } from '../../server/store/sqlite/sealed-rows.ts';
import { surveyDatabase } from '../../server/store/sqlite/survey.ts';
import { printLine } from './print.ts';

export function addKeyCommand(program: Command, config: () => Config): void {
  program
    .command('key')
    .description('the key that opens tokens and signs addresses')
    .command('lost')
    .description(
      'gives up what a lost key sealed, so that the server starts with another one; every Microbizz must connect again',
    )
    .option('--yes', 'the key is in no backup: there is no way back')
    .action(async ({ yes }: { yes?: boolean }) => {
      const settings = config();
      const { database, key } = findPlaces(settings);
      const onPostgres = isPostgres(settings.DATABASE_URL);
      if (!onPostgres && surveyDatabase(database) === undefined)
        throw new Refusal('not-found', `There is no database ${database}.`);
      if (yes !== true)
        throw new Refusal(
          'bad-request',
          `Look for the key first: ${key} or APP_KEY, of this machine and of its backups. If it is nowhere, add --yes.`,
        );
      const { tokens, forwards } = await (onPostgres ? giveUpKeyOnPostgres(settings) : giveUpInFile(settings));
      printLine(
        `${tokens.filter(({ inUse }) => inUse).length} Microbizz must connect again, ${forwards.length} forwards need a new secret ("forwards rotate"). All events are kept.`,
      );
    });
}

function giveUpInFile(settings: Config): Replacement {
  const { database, key } = findPlaces(settings);
  const keyring = buildKeyring(settings.APP_KEY?.map((each) => each.reveal()) ?? [getAppKey(key)]);
  return replaceSealed(database, (rows) => giveUpKey(rows, keyring));
}
