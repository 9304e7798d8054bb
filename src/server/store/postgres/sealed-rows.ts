import type { PauseReason } from '../ports/forwards.ts';
import type { Replacement, SealedRows } from '../ports/sealed.ts';
import type { Database, Transaction } from './database.ts';

/** Makes the replacement that `choose` derives from the sealed rows, in one transaction, and answers it. */
export async function replaceSealed(
  database: Database,
  choose: (rows: SealedRows) => Replacement,
): Promise<Replacement> {
  return database.writing(async (transaction) => {
    const chosen = choose(await list(transaction));
    const { run } = transaction;
    for (const { installationId, sealed } of chosen.tokens)
      await run('UPDATE installations SET accesstoken = $1 WHERE id = $2', [Buffer.from(sealed), installationId]);
    await run("UPDATE forwards SET secrets = '[]', paused = $1 WHERE id = ANY ($2::int[])", [
      'secret-lost' satisfies PauseReason,
      chosen.forwards,
    ]);
    return chosen;
  }, 'tenants');
}

async function list({ rows }: Transaction): Promise<SealedRows> {
  const tokens = await rows<{ id: string; sealed: Buffer; in_use: boolean }>(
    `SELECT id, accesstoken AS sealed, EXISTS (SELECT 1 FROM tenants t WHERE t.installation_id = i.id) AS in_use
     FROM installations i FOR UPDATE`,
  );
  const forwards = await rows<{ id: number; secrets: string }>('SELECT id, secrets FROM forwards FOR UPDATE');
  return {
    tokens: tokens.map(({ id, sealed, in_use }) => ({ installationId: id, sealed, inUse: in_use })),
    forwards: forwards.map(({ id, secrets }) => {
      const sealed = JSON.parse(secrets) as { sealed: string }[];
      return { id, secrets: sealed.map((one) => Buffer.from(one.sealed, 'base64')) };
    }),
  };
}
