import type { Config } from '../../server/config.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';
import { countOpened, findKeyring } from '../../server/find-keyring.ts';
import { buildKeyring } from '../../server/keys/keyring.ts';
import type { Places } from '../../server/places.js';
import { refuseVersion, surveyDatabase, type Survey } from '../../server/store/sqlite/survey.ts';
import type { Finding } from './finding.ts';

/** The database's version and the key, seen without opening anything for writing. Not usable: the rest cannot be examined. */
export function examineStored(config: Config, places: Places): { findings: Finding[]; usable: boolean } {
  const { database, key } = places;
  let survey: Survey | undefined;
  try {
    survey = surveyDatabase(database);
  } catch (error) {
    return wrong(
      messageOf(error),
      'Put a backup back: "appconnect restore FILE"; docs/operate.md says what that means.',
    );
  }
  if (survey === undefined)
    return {
      findings: [
        {
          state: 'note',
          says: `There is no database ${database} yet.`,
          cure: 'Start the server once: it makes it. If there was one, put it back, or correct DATABASE_URL.',
        },
      ],
      usable: false,
    };
  try {
    const keyring = findKeyring(config, places, survey, { mayMake: false });
    const refusal = refuseVersion(survey.version, database, { mayMigrate: false });
    if (refusal !== undefined) return wrong(refusal, 'Nothing was changed.');
    const findings = [examineTokens(survey, countOpened(keyring, survey.tokens)), ...examineOlderKeys(config, survey)];
    return { findings, usable: true };
  } catch (error) {
    return wrong(
      messageOf(error),
      `Put the key back from your backup, as ${key} or in APP_KEY; the server does not start without it.`,
    );
  }
}

function examineTokens({ tokens }: Survey, opened: number): Finding {
  const closed = tokens.length - opened;
  if (closed === 0) return { state: 'good', says: 'The key is there.' };
  return {
    state: 'wrong',
    says: `The key opens the accesstokens of ${opened} of ${tokens.length} connected Microbizz.`,
    cure: 'Put the older key back into APP_KEY, after the one in use, or connect those again.',
  };
}

/** How far a change of the key has come: who connected under the first one needs no other. */
function examineOlderKeys({ APP_KEY: keys = [] }: Config, { tokens }: Survey): Finding[] {
  const [first, ...older] = keys;
  if (first === undefined || older.length === 0) return [];
  const left = tokens.length - countOpened(buildKeyring([first.reveal()]), tokens);
  if (left === 0)
    return [
      {
        state: 'note',
        says: 'Every Microbizz has connected under the first key.',
        cure: 'The older keys of APP_KEY can go.',
      },
    ];
  return [
    {
      state: 'note',
      says: `${left} of ${tokens.length} connected Microbizz still need an older key of APP_KEY.`,
      cure: 'Keep it until each of them has connected again.',
    },
  ];
}

function wrong(says: string, cure: string): { findings: Finding[]; usable: boolean } {
  return { findings: [{ state: 'wrong', says, cure }], usable: false };
}
