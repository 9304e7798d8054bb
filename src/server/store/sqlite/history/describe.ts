import type { Batch, Described, DescribeStore, Repeated } from '../../ports/descriptions.ts';
import { appHandler } from '../../ports/inbox.ts';
import { headColumns, headOf, type HeadRow } from '../event-row.ts';
import { buildScopes } from './scopes.ts';
import { writeWords } from './words.ts';
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

export function buildDescribe(database: Database): DescribeStore {
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
  const insert = database.prepare(
    `INSERT INTO changes (event_id, scope_id, object_id, previous_id, received_at, day, gap, userid, usercode, title, summary)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertWords = database.prepare('INSERT INTO words (rowid, list) VALUES (?, ?)');
  const count = database.prepare(
    'INSERT INTO day_counts VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET changes = changes + 1',
  );
  const countUser = database.prepare(
    'INSERT INTO user_day_counts VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET changes = changes + 1',
  );
  const repeat = database.prepare('INSERT INTO duplicates (tenant_id, received_at, event_id) VALUES (?, ?, ?)');
  const newestOf = database
    .prepare<[number], number | null>(
      'SELECT max(received_at) FROM changes INDEXED BY changes_received WHERE scope_id = ?',
    )
    .pluck();
  const noteSetback = database.prepare('UPDATE scopes SET setback = max(setback, ?) WHERE id = ?');
  const scopes = buildScopes(database);
  const readText = buildReadText(database);

  function writeOne(change: Described): void {
    const { id, objectId, receivedAt, day, userid, usercode } = change;
    const scope = scopes.get(change.tenantId, change);
    const summary = JSON.stringify(change.summary);
    const setback = (newestOf.get(scope) ?? receivedAt) - receivedAt;
    if (setback > 0) noteSetback.run(setback, scope);
    const [previous, gap] = [change.previousId ?? null, change.gap ? 1 : 0];
    insert.run(id, scope, objectId, previous, receivedAt, day, gap, userid, usercode, change.title, summary);
    insertWords.run(id, writeWords(id, scope, change.words, change));
    count.run(scope, day);
    if (userid !== '' || usercode !== '') countUser.run(scope, userid, usercode, day);
  }

  const describe = asTransaction(
    database,
    ({ after, upTo }: Pick<Batch, 'after' | 'upTo'>, told: readonly (Described | Repeated)[]) => {
      if (advance.run(upTo, after).changes === 0) return false;
      for (const each of told) {
        // An operator may have removed it since it was listed.
        if (isKept.get(each.id) !== 1) continue;
        if (each.kind === 'change') writeOne(each);
        else repeat.run(each.tenantId, each.receivedAt, each.id);
      }
      return true;
    },
  );

  /** What processes before this one had begun. */
  let suspects: number | undefined;

  function listRows(after: number, sorted: number, limit: number): Row[] {
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
  function begin(upTo: number, after: number): void {
    database.pragma('synchronous = NORMAL');
    try {
      noteBegun.run(upTo, after);
    } finally {
      database.pragma('synchronous = FULL');
    }
  }

  function read(row: Row): Batch['events'][number] {
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

  // A rejected POST has no fields, and no handling.
  const readAll = asReading(database, (rows: readonly Row[]): Batch['events'] =>
    rows.flatMap((row) => (row.bytes === null || row.state === null ? [] : [read(row)])),
  );

  return {
    async listUndescribed(limit) {
      const { after = 0, sorted = 0, begun = 0 } = places.get() ?? {};
      suspects ??= begun;
      const suspect = after < suspects;
      const rows = listRows(after, sorted, suspect ? 1 : limit);
      const last = rows.at(-1);
      if (last === undefined) return undefined;
      if (last.id > begun) begin(last.id, after);
      return { after, upTo: last.id, events: readAll(rows), suspect };
    },
    describe: async (place, told) => describe(place, told),
  };
}
