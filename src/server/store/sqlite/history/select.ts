import type { Summary } from '../../ports/descriptions.ts';
import type { Change, ChangeFilter, ChangeState } from '../../ports/history.ts';
import type { Bounds } from './bounds.ts';
import { buildCandidates } from './candidates.ts';
import { scopesNamed, type Scope } from './scopes.ts';
import type { Database } from '../open-database.ts';
import { buildFindText } from './text.ts';

/** A filter's conditions on a row. */
export interface KeyRow {
  event_id: number;
  scope_id: number;
  object_id: string;
  received_at: number;
  day: string;
  userid: string;
  usercode: string;
  /** NULL: all is done · 0: something is waiting · 1: something is dead. */
  open: number | null;
}
export interface ChangeRow extends KeyRow {
  previous_id: number | null;
  gap: number;
  title: string;
  summary: string;
}

/** Rows that do not match and are looked at all the same: some 30 ms. */
export const mostLooked = 10_000;

const open = `(SELECT max(h.state = 'dead') FROM handlings h
  WHERE h.event_id = c.event_id AND h.state IN ('ready', 'queued', 'held', 'dead')) AS open`;
const key = 'c.event_id, c.scope_id, c.object_id, c.received_at, c.day, c.userid, c.usercode';
export const changeRow = `SELECT c.*, ${open} FROM changes c`;
export const keyRow = `SELECT ${key}, ${open} FROM changes c`;

export interface Selected<Row> {
  readonly rows: Row[];
  /** False when it ended before it had looked at all. */
  readonly complete: boolean;
  /** The oldest that it looked at. */
  readonly last: number | undefined;
}

/** The rows that a filter matches, newest first. Within a read transaction: each statement alone would take and release the locks, 20 µs. */
export function buildSelect<Row extends KeyRow>(
  database: Database,
  select: string,
): (tenantId: number, scopes: readonly Scope[], filter: ChangeFilter, bounds: Bounds, limit: number) => Selected<Row> {
  const candidates = buildCandidates(database);
  const find = database.prepare<[number], Row>(`${select} WHERE c.event_id = ?`);
  const buildFind = buildFindText(database);

  return (tenantId, scopes, filter, bounds, limit) => {
    const { named, state, since = -Infinity, until = Infinity } = filter;
    const wanted = new Map(scopesNamed(scopes, filter.hook).map((scope) => [scope.id, scope]));
    const { ids, unasked } = candidates(tenantId, scopes, filter, bounds);
    const text = unasked === 'text' ? buildFind(filter.text ?? '') : undefined;
    const rows: Row[] = [];
    let missed = 0;
    let last: number | undefined;
    for (const id of ids) {
      if (rows.length >= limit || missed >= mostLooked || text?.isSpent() === true)
        return { rows, complete: false, last };
      last = id;
      const row = find.get(id);
      const scope = row && wanted.get(row.scope_id);
      const matches =
        row !== undefined &&
        scope !== undefined &&
        row.received_at >= since &&
        row.received_at < until &&
        (state === undefined || stateOf(row) === state) &&
        (named === undefined || names(row, named)) &&
        (text === undefined || text.isFound(row, scope));
      if (matches) rows.push(row);
      else missed += 1;
    }
    return { rows, complete: true, last };
  };
}

export function toChange(row: ChangeRow, { modcode, hook }: Scope): Change {
  return {
    modcode,
    hook,
    eventId: row.event_id,
    objectId: row.object_id,
    receivedAt: row.received_at,
    gap: row.gap === 1,
    userid: row.userid,
    usercode: row.usercode,
    title: row.title,
    ...(JSON.parse(row.summary) as Summary),
    state: stateOf(row),
  };
}

function stateOf({ open }: KeyRow): ChangeState {
  return open === null ? 'done' : open === 1 ? 'failed' : 'waiting';
}

function names(row: KeyRow, { userid, usercode }: { userid: string; usercode: string }): boolean {
  return (userid !== '' && row.userid === userid) || (usercode !== '' && row.usercode === usercode);
}
