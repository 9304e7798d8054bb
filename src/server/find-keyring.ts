import type { Config } from './config.ts';
import { Refusal } from './errors.ts';
import { getAppKey, readAppKey } from './keys/app-key.ts';
import { buildKeyring, type Keyring } from './keys/keyring.ts';
import type { Places } from './places.js';
import { opensToken } from './store/seal.ts';
import type { Survey } from './store/sqlite/survey.ts';

/**
 * The keys of APP_KEY or of the key file. Made only where no token is: a new key beside tokens of an old one would refuse every event,
 * and nobody would see it.
 */
export function findKeyring(
  { APP_KEY: given }: Pick<Config, 'APP_KEY'>,
  { database, key: file }: Places,
  survey: Survey | undefined,
  { mayMake }: { mayMake: boolean },
): Keyring {
  const tokens = survey?.tokens ?? [];
  const found = given?.map((key) => key.reveal()) ?? asList(readAppKey(file));
  if (found === undefined && tokens.length > 0)
    throw new Refusal(
      'unavailable',
      `The key that opens the tokens in ${database} (of ${tokens.length} connected Microbizz) is missing: put it back as ${file}, or set APP_KEY to it; docs/operate.md says what to do when it is lost.`,
    );
  if (found === undefined && !mayMake)
    throw new Refusal(
      'unavailable',
      `There is no key yet, neither APP_KEY nor ${file}: start the server once, which makes it.`,
    );
  const keyring = buildKeyring(found ?? [getAppKey(file)]);
  if (tokens.length > 0 && countOpened(keyring, tokens) === 0)
    throw new Refusal(
      'unavailable',
      `${given === undefined ? `The key in ${file}` : 'APP_KEY'} opens none of the tokens in ${database} (of ${tokens.length} connected Microbizz): put back the key that they were sealed with; docs/operate.md says what to do when it is lost.`,
    );
  return keyring;
}

/** Several in one file, separated as in APP_KEY. */
function asList(text: string | undefined): string[] | undefined {
  return text?.split(',').map((key) => key.trim());
}

/** How many of the tokens a key of this keyring opens. */
export function countOpened(keyring: Keyring, tokens: Survey['tokens']): number {
  return tokens.filter((token) => opensToken(keyring, token)).length;
}
