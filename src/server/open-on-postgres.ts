import type { Config } from './config.ts';
import { Refusal } from './errors.ts';
import { buildKeyring, type Keyring } from './keys/keyring.ts';
import type { OpenedStore, Role } from './open-store.ts';
import type { Places } from './places.js';
import { buildStore } from './store/build-store.ts';
import { giveUpKey } from './store/give-up-key.ts';
import type { Replacement } from './store/ports/sealed.ts';
import { openPostgresStore, type KeyCheck } from './store/postgres/open-postgres-store.ts';

/** The text of the key check, and the purpose that it is sealed for. */
const checked = { text: 'the right key', row: 'key_check/sealed' };

/**
 * On PostgreSQL, which several servers may share. Only a server makes the tables and brings them up to date; it leaves a text there that its
 * key sealed, so that a server with another key is refused before it mints addresses and seals tokens that the first cannot read.
 */
export async function openOnPostgres(
  { DATABASE_URL: url, APP_KEY: keys = [] }: Config,
  { database }: Places,
  role: Role,
): Promise<OpenedStore> {
  const keyring = buildKeyring(keys.map((key) => key.reveal()));
  const { adapter, keyCheck } = await openPostgresStore(url, role === 'command' ? 'beside' : 'server');
  try {
    await checkKey(keyring, keyCheck, { database, mayWrite: role !== 'command' });
  } catch (error) {
    await adapter.close();
    throw error;
  }
  return { keyring, store: buildStore(adapter, keyring), migrated: [], follow: undefined };
}

/** For a key that is lost for good (give-up-key.ts): from then on the database is this key's. */
export async function giveUpKeyOnPostgres({ DATABASE_URL: url, APP_KEY: keys = [] }: Config): Promise<Replacement> {
  const keyring = buildKeyring(keys.map((key) => key.reveal()));
  const { adapter, keyCheck, replaceSealed } = await openPostgresStore(url, 'beside');
  try {
    const replaced = await replaceSealed((rows) => giveUpKey(rows, keyring));
    await keyCheck.replace(keyring.encrypt(checked.text, checked.row));
    return replaced;
  } finally {
    await adapter.close();
  }
}

/** Refuses a key that is not the database's. Who may write leaves it there where none is. */
export async function checkKey(
  keyring: Keyring,
  keyCheck: KeyCheck,
  { database, mayWrite }: { database: string; mayWrite: boolean },
): Promise<void> {
  // Of two servers that start together, one is first.
  const found = mayWrite ? await keyCheck.begin(keyring.encrypt(checked.text, checked.row)) : await keyCheck.find();
  if (found === undefined) return;
  try {
    keyring.decrypt(found, checked.row);
  } catch (cause) {
    throw new Refusal(
      'unavailable',
      `APP_KEY is not the key that ${database} was begun with: set it to that of the other servers; docs/operate.md says what to do when it is lost.`,
      { cause },
    );
  }
  // From now on an older key may go, once all have connected under the first.
  if (mayWrite && !keyring.isUnderFirst(found, checked.row))
    await keyCheck.replace(keyring.encrypt(checked.text, checked.row));
}
