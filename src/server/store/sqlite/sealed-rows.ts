import Sqlite from 'better-sqlite3';
import type { PauseReason } from '../ports/forwards.ts';
import type { Replacement, SealedRows } from '../ports/sealed.ts';

/**
 * Makes the replacement that `choose` derives from the sealed rows, in one transaction, and answers it. Works with any version of the
 * database: without its key no server brings it up to date.
 */
export function replaceSealed(path: string, choose: (rows: SealedRows) => Replacement): Replacement {
  const database = new Sqlite(path, { fileMustExist: true });
  try {
    return database
      .transaction(() => {
        const chosen = choose({ tokens: listTokens(database), forwards: listForwards(database) });
        replace(database, chosen);
        return chosen;
      })
      .immediate();
  } finally {
    database.close();
  }
}

function listTokens(database: Sqlite.Database): SealedRows['tokens'] {
  const tokens = database.prepare<[], { id: string; sealed: Buffer; in_use: number }>(
    `SELECT id, accesstoken AS sealed, EXISTS (SELECT 1 FROM tenants WHERE installation_id = installations.id) AS in_use
     FROM installations WHERE accesstoken IS NOT NULL`,
  );
  return tokens.all().map(({ id, sealed, in_use }) => ({ installationId: id, sealed, inUse: in_use === 1 }));
}

function listForwards(database: Sqlite.Database): SealedRows['forwards'] {
  const forwards = database.prepare<[], { id: number; secrets: string }>('SELECT id, secrets FROM forwards');
  return forwards.all().map(({ id, secrets }) => {
    const sealed = JSON.parse(secrets) as { sealed: string }[];
    return { id, secrets: sealed.map((one) => Buffer.from(one.sealed, 'base64')) };
  });
}

function replace(database: Sqlite.Database, { tokens, forwards }: Replacement): void {
  const setToken = database.prepare('UPDATE installations SET accesstoken = ? WHERE id = ?');
  const takeSecrets = database.prepare("UPDATE forwards SET secrets = '[]', paused = ? WHERE id = ?");
  for (const { installationId, sealed } of tokens) setToken.run(sealed, installationId);
  for (const id of forwards) takeSecrets.run('secret-lost' satisfies PauseReason, id);
}
