import Sqlite from 'better-sqlite3';
import type { PauseReason } from '../ports/forwards.ts';
import type { Keyring } from '../../keys/keyring.ts';
import { rowName as nameInstallation } from './connections/connections.ts';
import { rowName as nameForward } from './forwards/forwards.ts';

/**
 * For a key that is lost for good. What no key opens any more is replaced: accesstokens by an empty one, which Microbizz refuses, so that each
 * tenant is asked to connect again; the secrets of forwards by none, and those forwards are paused. Events and all else stay.
 */
export function giveUpKey(path: string, keyring: Keyring): { tenants: number; forwards: number } {
  const database = new Sqlite(path, { fileMustExist: true });
  try {
    return database
      .transaction(() => ({
        tenants: giveUpTokens(database, keyring),
        forwards: giveUpSecrets(database, keyring),
      }))
      .immediate();
  } finally {
    database.close();
  }
}

function giveUpTokens(database: Sqlite.Database, keyring: Keyring): number {
  const tokens = database.prepare<[], { id: string; sealed: Buffer }>(
    'SELECT id, accesstoken AS sealed FROM installations WHERE accesstoken IS NOT NULL',
  );
  const isInUse = database.prepare<[string], number>('SELECT 1 FROM tenants WHERE installation_id = ?').pluck();
  const replace = database.prepare('UPDATE installations SET accesstoken = ? WHERE id = ?');
  const closed = tokens.all().filter(({ id, sealed }) => !opens(keyring, sealed, nameInstallation(id)));
  for (const { id } of closed) replace.run(keyring.encrypt('', nameInstallation(id)), id);
  return closed.filter(({ id }) => isInUse.get(id) === 1).length;
}

function giveUpSecrets(database: Sqlite.Database, keyring: Keyring): number {
  const forwards = database.prepare<[], { id: number; secrets: string }>('SELECT id, secrets FROM forwards');
  const replace = database.prepare("UPDATE forwards SET secrets = '[]', paused = ? WHERE id = ?");
  const closed = forwards.all().filter(({ id, secrets }) => {
    const sealed = JSON.parse(secrets) as { sealed: string }[];
    return sealed.some((one) => !opens(keyring, Buffer.from(one.sealed, 'base64'), nameForward(id)));
  });
  for (const { id } of closed) replace.run('secret-lost' satisfies PauseReason, id);
  return closed.length;
}

function opens(keyring: Keyring, sealed: Uint8Array, row: string): boolean {
  try {
    keyring.decrypt(sealed, row);
    return true;
  } catch {
    return false;
  }
}
