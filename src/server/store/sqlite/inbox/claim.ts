import type { ClaimRequest, Target } from '../../ports/inbox.ts';
import { appHandler } from '../../ports/inbox.ts';
import { countTaken, type Taken } from '../../count-taken.ts';
import type { Database } from '../open-database.ts';
import { claimedColumns, claimedTables, type ClaimedRow } from './read-claimed.ts';

interface TargetRow {
  tenant_id: number;
  forward_id: number;
}
const none: TargetRow = { tenant_id: 0, forward_id: 0 };

/** Targets looked at in one claim: some 3 ms. */
const mostLooks = 512;

interface State extends ReturnType<typeof prepare> {
  /** Where the last claim ended. */
  asked: TargetRow;
}

function prepare(database: Database) {
  // Two questions instead of `(tenant_id, forward_id) > (?, ?)`: of a row value SQLite uses only the first column to search.
  const waits = "state = 'ready' AND lease IS NULL AND crashes = 0";
  const nextForward = database.prepare<[number, number], TargetRow>(
    `SELECT tenant_id, forward_id FROM handlings WHERE ${waits} AND tenant_id = ? AND forward_id > ? ORDER BY forward_id LIMIT 1`,
  );
  const nextTenant = database.prepare<[number], TargetRow>(
    `SELECT tenant_id, forward_id FROM handlings WHERE ${waits} AND tenant_id > ? ORDER BY tenant_id, forward_id LIMIT 1`,
  );
  const due = database.prepare<[number, number, number, number], ClaimedRow>(
    `SELECT ${claimedColumns} FROM ${claimedTables}
     WHERE h.state = 'ready' AND h.lease IS NULL AND h.crashes = 0 AND h.tenant_id = ? AND h.forward_id = ? AND h.due_at <= ?
     ORDER BY h.due_at, h.event_id LIMIT ?`,
  );
  const suspects = database.prepare<[number, number], ClaimedRow>(
    `SELECT ${claimedColumns} FROM ${claimedTables}
     WHERE h.state = 'ready' AND h.lease IS NULL AND h.crashes > 0 AND h.due_at <= ? ORDER BY h.due_at, h.event_id LIMIT ?`,
  );
  const lease = database.prepare('UPDATE handlings SET lease = ? WHERE event_id = ? AND forward_id = ?');
  const isPaused = database.prepare<[number], number>('SELECT paused IS NOT NULL FROM forwards WHERE id = ?').pluck();
  return { nextForward, nextTenant, due, suspects, lease, isPaused };
}

/**
 * Goes once around the targets that have something waiting, beginning after the last one that was asked, and takes from each no more than
 * its share: a noisy tenant's thousands cost the others nothing. Then the suspects, which are nobody's turn: they come when they are due.
 */
export function buildClaim(database: Database): (request: ClaimRequest) => { claimed: ClaimedRow[]; cut: boolean } {
  const state: State = { ...prepare(database), asked: none };
  return (request) => claim(state, request);
}

function claim(state: State, request: ClaimRequest): { claimed: ClaimedRow[]; cut: boolean } {
  const taken = countTaken(request.room);
  const claimed = takeSuspects(state, request, taken);
  let looks = 0;
  for (const target of targets(state)) {
    looks += 1;
    const own = takeFrom(state, target, request, taken);
    claimed.push(...own);
    // A target that got nothing because others had taken all is the first of the next claim.
    const full = taken.isFull();
    if (own.length > 0 || !full) state.asked = target;
    if (full || looks >= mostLooks) return { claimed, cut: true };
  }
  return { claimed, cut: false };
}

function* targets({ nextForward, nextTenant, asked }: State): Generator<TargetRow> {
  let at = asked;
  for (let round = 0; round < 2; round += 1) {
    for (;;) {
      const next = nextForward.get(at.tenant_id, at.forward_id) ?? nextTenant.get(at.tenant_id);
      if (next === undefined || (round === 1 && isAfter(next, asked))) break;
      yield next;
      at = next;
    }
    at = none;
  }
}

/** The due events of a target, as many as there is room for. The rows are read one by one: the next may be a megabyte. */
function takeFrom(
  state: State,
  { tenant_id, forward_id }: TargetRow,
  request: ClaimRequest,
  taken: Taken,
): ClaimedRow[] {
  const target: Target = { tenantId: tenant_id, forwardId: forward_id };
  // Paused, while its heads are still being taken aside (settle.ts).
  const free = forward_id !== appHandler && state.isPaused.get(forward_id) === 1 ? 0 : taken.free(target);
  if (free <= 0) return [];
  const rows: ClaimedRow[] = [];
  for (const row of state.due.iterate(tenant_id, forward_id, request.now, free)) {
    if (!taken.take(target, row.bytes)) break;
    rows.push(row);
  }
  return rows.map((row) => leaseTo(state, row, request));
}

/** In the order in which they are due. One that was under way at a second end is tried alone: those behind it wait for it. */
function takeSuspects(state: State, request: ClaimRequest, taken: Taken): ClaimedRow[] {
  const { room, now } = request;
  const claimed: ClaimedRow[] = [];
  for (const row of state.suspects.all(now, Math.max(room.suspects, 1))) {
    const alone = row.crashes > 1;
    if (alone ? !room.alone || claimed.length > 0 : claimed.length >= room.suspects) break;
    if (!taken.take({ tenantId: row.tenant_id, forwardId: row.forward_id }, row.bytes)) break;
    claimed.push(leaseTo(state, row, request));
    if (alone) break;
  }
  return claimed;
}

function leaseTo({ lease }: State, row: ClaimedRow, { lease: holder }: ClaimRequest): ClaimedRow {
  lease.run(holder, row.id, row.forward_id);
  return row;
}

function isAfter(a: TargetRow, b: TargetRow): boolean {
  return a.tenant_id > b.tenant_id || (a.tenant_id === b.tenant_id && a.forward_id > b.forward_id);
}
