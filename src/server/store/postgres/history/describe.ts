import { headColumns, headOf, type HeadRow } from '../event-row.ts';
import type { Batch, DescribeStore } from '../../ports/descriptions.ts';
import { appHandler } from '../../ports/inbox.ts';
import type { Database, Queries } from '../database.ts';
import { sortedUpTo } from '../inbox/unsorted.ts';
import { writeChanges } from './write-changes.ts';

interface Row extends HeadRow {
  gap: boolean;
  /** NULL of a rejected POST. */
  bytes: number | null;
  previous_bytes: number | null;
  object_id: string | null;
  previous_id: number | null;
  state: string | null;
}

/** Bytes of events in one batch, the last event beyond it. */
const mostAtOnce = 1024 * 1024;

const listSorted = `
  SELECT ${headColumns}, e.gap_after IS NOT NULL AS gap, octet_length(e.fields) AS bytes,
    h.object_id, h.previous_id, h.state, octet_length(p.fields) AS previous_bytes
  FROM events e LEFT JOIN handlings h ON h.tenant_id = e.tenant_id AND h.event_id = e.id AND h.forward_id = ${appHandler}
    LEFT JOIN events p ON p.id = h.previous_id
  WHERE e.id > $1 AND e.id <= $2 ORDER BY e.id LIMIT $3`;
/** Without waiting for the disk, which would take as long as the description: it is for an end of the process, not of the machine. */
const noteBegun = `
  WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
  UPDATE describing SET begun_id = $1 FROM quick WHERE after_id = $2`;

export function buildDescribe(database: Database): DescribeStore {
  /** Events that earlier processes had begun. */
  let suspects: number | undefined;

  async function list(queries: Queries, limit: number): Promise<(Batch & { readonly begun: number }) | undefined> {
    const places = await queries.row<{ after: number; sorted: number; begun: number }>(
      `SELECT after_id AS after, ${sortedUpTo} AS sorted, begun_id AS begun FROM describing`,
    );
    const { after = 0, sorted = 0, begun = 0 } = places ?? {};
    suspects ??= begun;
    const suspect = after < suspects;
    const rows = cut(await queries.rows<Row>(listSorted, [after, sorted, suspect ? 1 : limit]));
    const last = rows.at(-1);
    return last && { after, upTo: last.id, events: await readAll(queries, rows), suspect, begun };
  }

  return {
    async listUndescribed(limit) {
      const found = await database.reading((queries) => list(queries, limit));
      if (found === undefined) return undefined;
      const { begun, ...batch } = found;
      if (batch.upTo > begun) await database.run(noteBegun, [batch.upTo, batch.after]);
      return batch;
    },
    describe: ({ after, upTo }, told) =>
      database.writing(async (transaction) => {
        const moved = await transaction.run('UPDATE describing SET after_id = $1 WHERE after_id = $2', [upTo, after]);
        if (moved === 0) return false;
        await writeChanges(transaction, told);
        return true;
      }, 'changes'),
  };
}

function cut(rows: readonly Row[]): Row[] {
  const kept: Row[] = [];
  let size = 0;
  for (const row of rows) {
    kept.push(row);
    size += (row.bytes ?? 0) + (row.previous_bytes ?? 0);
    if (size >= mostAtOnce) break;
  }
  return kept;
}

/** A rejected POST has no fields, and no handling. */
async function readAll({ rows }: Queries, all: readonly Row[]): Promise<Batch['events']> {
  const told = all.filter(({ bytes, state }) => bytes !== null && state !== null);
  const ids = told.flatMap(({ id, previous_id }) => [id, ...(previous_id === null ? [] : [previous_id])]);
  const found = await rows<{ id: number; fields: string | null }>(
    'SELECT id, fields FROM events WHERE id = ANY ($1::bigint[])',
    [ids],
  );
  const texts = new Map(found.map(({ id, fields }) => [id, fields ?? undefined]));
  return told.map((row) => ({
    ...headOf(row),
    gap: row.gap,
    objectId: row.object_id ?? '',
    previousId: row.previous_id ?? undefined,
    duplicate: row.state === 'duplicate',
    fields: texts.get(row.id) ?? '',
    previous: row.previous_id === null ? undefined : texts.get(row.previous_id),
  }));
}
