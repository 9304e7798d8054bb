import type { ChangeList, ChangePage, ForwardedChange, KnownObject, ObjectChange } from '../../ports/history.ts';
import { appHandler } from '../../ports/inbox.ts';
import type { Scope } from './scopes.ts';
import { changeRow, toChange, type ChangeRow } from './select.ts';
import type { Database } from '../open-database.ts';

interface ForwardRow {
  forward_id: number;
  url: string | null;
  state: ForwardedChange['state'];
  attempt: number;
  fault: string | null;
}
interface AttemptRow {
  at: number;
  status: number | null;
  ms: number | null;
}

/** Counted when its row in `objects` went with its latest event, and older ones are still there. */
const mostCounted = 10_000;

type Statements = ReturnType<typeof prepare>;

function prepare(database: Database) {
  const ofObject = 'scope_id = ? AND object_id = ?';
  const newest = database.prepare<[number, string, number, number], ChangeRow>(
    `${changeRow} INDEXED BY changes_object WHERE ${ofObject} AND c.event_id < ? ORDER BY c.event_id DESC LIMIT ?`,
  );
  const oldest = database
    .prepare<[number, string], number>(
      `SELECT received_at FROM changes INDEXED BY changes_object WHERE ${ofObject} ORDER BY event_id LIMIT 1`,
    )
    .pluck();
  const countAll = database
    .prepare<[number, string, string, string], number>(
      'SELECT changes FROM objects WHERE tenant_id = ? AND modcode = ? AND hook = ? AND object_id = ?',
    )
    .pluck();
  const countKept = database
    .prepare<[number, string, number], number>(
      `SELECT count(*) FROM (SELECT 1 FROM changes INDEXED BY changes_object WHERE ${ofObject} LIMIT ?)`,
    )
    .pluck();
  // Without reading it: SQLite knows where it ends.
  const sizeOf = database
    .prepare<[number], number | null>('SELECT octet_length(fields) FROM events WHERE id = ?')
    .pluck();
  const forwards = database.prepare<[number], ForwardRow>(
    `SELECT h.forward_id, f.url, h.state, h.attempt, h.fault FROM handlings h LEFT JOIN forwards f ON f.id = h.forward_id
     WHERE h.event_id = ? AND h.forward_id <> ${appHandler} ORDER BY h.forward_id`,
  );
  const lastAttempt = database.prepare<[number, number], AttemptRow>(
    `SELECT at, status, ms FROM attempts INDEXED BY attempts_event WHERE event_id = ? AND forward_id = ? ORDER BY id DESC LIMIT 1`,
  );
  return { newest, oldest, countAll, countKept, sizeOf, forwards, lastAttempt };
}

function forwarded({ forwards, lastAttempt }: Statements, eventId: number): ForwardedChange[] {
  return forwards.all(eventId).map(({ forward_id, url, state, attempt, fault }) => {
    const last = lastAttempt.get(eventId, forward_id);
    return {
      forwardId: forward_id,
      url: url ?? undefined,
      state,
      attempt,
      fault: fault ?? undefined,
      lastAttempt: last && { at: last.at, status: last.status ?? undefined, ms: last.ms ?? undefined },
    };
  });
}

/** With the size of the compared events, and the states of its forwards. */
function toObjectChange(statements: Statements, row: ChangeRow, scope: Scope): ObjectChange {
  const { sizeOf } = statements;
  const before = row.previous_id === null ? undefined : sizeOf.get(row.previous_id);
  return {
    ...toChange(row, scope),
    previousId: before === undefined ? undefined : (row.previous_id ?? undefined),
    size: (sizeOf.get(row.event_id) ?? 0) + (before ?? 0),
    forwards: forwarded(statements, row.event_id),
  };
}

export function buildObjects(database: Database): {
  find(tenantId: number, scope: Scope, objectId: string): KnownObject | undefined;
  list(scope: Scope, objectId: string, page: ChangePage): ChangeList<ObjectChange>;
} {
  const statements = prepare(database);
  const { newest, oldest, countAll, countKept } = statements;
  return {
    find(tenantId, { id, modcode, hook }, objectId) {
      const last = newest.get(id, objectId, Number.MAX_SAFE_INTEGER, 1);
      return (
        last && {
          changes: countAll.get(tenantId, modcode, hook, objectId) ?? countKept.get(id, objectId, mostCounted) ?? 0,
          firstAt: oldest.get(id, objectId) ?? last.received_at,
          changedAt: last.received_at,
          latestId: last.event_id,
          title: last.title,
        }
      );
    },
    list(scope, objectId, { limit, before = Number.MAX_SAFE_INTEGER }) {
      // One more than is wanted shows whether there are older ones.
      const rows = newest.all(scope.id, objectId, before, limit + 1);
      const shown = rows.slice(0, limit);
      return {
        changes: shown.map((row) => toObjectChange(statements, row, scope)),
        next: rows.length > limit ? shown.at(-1)?.event_id : undefined,
      };
    },
  };
}
