import type { Transaction } from '../database.ts';
import { atOnce } from '../inbox/lanes.ts';

const same = 'w.tenant_id = s.tenant_id AND w.event_id = s.event_id AND w.forward_id = s.forward_id';
const some = (which: string): string =>
  `(SELECT tenant_id, event_id, forward_id FROM work WHERE forward_id = $1::bigint AND forward_id <> 0 AND ${which} LIMIT $2) s`;
/** A leased event goes on being tried: its lease stays, and with it when it falls due again. */
const hold = `UPDATE work w SET state = 'held' FROM ${some("state = 'ready'")} WHERE ${same}`;
const release = `UPDATE work w SET state = 'ready', due_at = ${atOnce}, pause = 0,
  attempt = CASE WHEN lease IS NULL THEN 0 ELSE attempt END FROM ${some("state = 'held'")} WHERE ${same}`;

/** Steps in which many handlings of one forward change with it: convergent even if others do the same. */
export async function settle({ row, run, tell }: Transaction, id: number, limit: number): Promise<number> {
  const forward = await row<{ paused: string | null }>('SELECT paused FROM forwards WHERE id = $1::bigint', [id]);
  if (forward === undefined) return 0;
  tell('steps');
  return run(forward.paused === null ? release : hold, [id, limit]);
}

export async function removeSome({ run, tell }: Transaction, id: number, limit: number): Promise<boolean> {
  tell('steps');
  if ((await run(`DELETE FROM work w USING ${some('true')} WHERE ${same}`, [id, limit])) === limit) return false;
  const attempts = await run(
    'DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE forward_id = $1::bigint ORDER BY id LIMIT $2)',
    [id, limit],
  );
  if (attempts === limit) return false;
  await run('DELETE FROM forwards WHERE id = $1::bigint', [id]);
  return true;
}
