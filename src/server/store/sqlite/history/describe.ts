import type { Batch, Described, DescribeStore, Repeated } from '../../ports/descriptions.ts';
import { appHandler } from '../../ports/inbox.ts';
import { headColumns, headOf, type HeadRow } from '../event-row.ts';
import { buildWriteChange } from './write-change.ts';
import { asTransaction, type Database } from '../open-database.ts';
import { asReading, buildReadText } from '../read-text.ts';
import { sortedUpTo } from '../inbox/unsorted.ts';

interface Row extends HeadRow {
  gap: number;
  /** NULL of a rejected POST. */
  bytes: number | null;
  previous_bytes: number | null;
  object_id: string | null;
  previous_id: number | null;
  state: string | null;
}

/** Bytes of events in one batch, the last event beyond it. */
const mostAtOnce = 1024 * 1024;

interface State extends ReturnType<typeof prepare> {
  /** Events that earlier processes had begun. */
  suspects: number | undefined;
}

function prepare(database: Database) {
  const places = database.prepare<[], { after: number; sorted: number; begun: number }>(
    `SELECT after_id AS after, ${sortedUpTo} AS sorted, begun_id AS begun FROM describing`,
  );
  const noteBegun = database.prepare('UPDATE describing SET begun_id = ? WHERE after_id = ?');
  const list = database.prepare<[number, number, number], Row>(
    `SELECT ${headColumns}, e.gap_after IS NOT NULL AS gap, octet_length(e.fields) AS bytes,
       h.object_id, h.previous_id, h.state, octet_length(p.fields) AS previous_bytes
     FROM events e LEFT JOIN handlings h ON h.event_id = e.id AND h.forward_id = ${appHandler} LEFT JOIN events p ON p.id = h.previous_id
     WHERE e.id > ? AND e.id <= ? ORDER BY e.id LIMIT ?`,
  );
  const advance = database.prepare('UPDATE describing SET after_id = ? WHERE after_id = ?');
  const isKept = database.prepare<[number], number>('SELECT 1 FROM events WHERE id = ?').pluck();
  const repeat = database.prepare('INSERT INTO duplicates (tenant_id, received_at, event_id) VALUES (?, ?, ?)');
  const [writeChange, readText] = [buildWriteChange(database), buildReadText(database)];
  return { database, places, noteBegun, list, advance, isKept, repeat, writeChange, readText };
}

export function buildDescribe(database: Database): DescribeStore {
  const state: State = { ...prepare(database), suspects: undefined };
  const write = asTransaction(database, describe);
  // A rejected POST has no fields, and no handling.
  const readAll = asReading(database, (rows: readonly Row[]): Batch['events'] =>
    rows.flatMap((row) => (row.bytes === null || row.state === null ? [] : [read(state, row)])),
  );
  return {
    async listUndescribed(limit) {
      const { after = 0, sorted = 0, begun = 0 } = state.places.get() ?? {};
      state.suspects ??= begun;
      const suspect = after < state.suspects;
      const rows = listRows(state, after, sorted, suspect ? 1 : limit);
      const last = rows.at(-1);
      if (last === undefined) return undefined;
      if (last.id > begun) begin(state, last.id, after);
      return { after, upTo: last.id, events: readAll(rows), suspect };
    },
    describe: async (place, told) => write(state, place, told),
  };
}

function describe(
  { advance, isKept, repeat, writeChange }: State,
  { after, upTo }: Pick<Batch, 'after' | 'upTo'>,
  told: readonly (Described | Repeated)[],
): boolean {
  if (advance.run(upTo, after).changes === 0) return false;
  for (const each of told) {
    // An operator may have removed it since it was listed.
    if (isKept.get(each.id) !== 1) continue;
    if (each.kind === 'change') writeChange(each);
    else repeat.run(each.tenantId, each.receivedAt, each.id);
  }
  return true;
}

function listRows({ list }: State, after: number, sorted: number, limit: number): Row[] {
  const rows: Row[] = [];
  let size = 0;
  for (const row of list.iterate(after, sorted, limit)) {
    rows.push(row);
    size += (row.bytes ?? 0) + (row.previous_bytes ?? 0);
    if (size >= mostAtOnce) break;
  }
  return rows;
}

/** Without a flush, which would cost as much as the description: it is for an end of the process, not of the machine. */
function begin({ database, noteBegun }: State, upTo: number, after: number): void {
  database.pragma('synchronous = NORMAL');
  try {
    noteBegun.run(upTo, after);
  } finally {
    database.pragma('synchronous = FULL');
  }
}

function read({ readText }: State, row: Row): Batch['events'][number] {
  return {
    ...headOf(row),
    gap: row.gap === 1,
    objectId: row.object_id ?? '',
    previousId: row.previous_id ?? undefined,
    duplicate: row.state === 'duplicate',
    // An event that cannot be read is described as such.
    fields: readText(row.id)?.text ?? '',
    previous: row.previous_id === null ? undefined : readText(row.previous_id)?.text,
  };
}
