import { countTaken, type Taken } from '../../count-taken.ts';
import type { ClaimRequest, Claimed, Room } from '../../ports/inbox.ts';
import { appHandler } from '../../ports/inbox.ts';
import type { Queries } from '../database.ts';
import { claimSql, readClaimed, type ClaimedRow } from './read-claimed.ts';

interface Place {
  readonly tenant_id: number;
  readonly forward_id: number;
}
interface TargetRow extends Place {
  readonly paused: boolean;
}
interface Candidate extends Place {
  readonly event_id: number;
  readonly crashes: number;
  readonly bytes: number;
}

/** Targets looked at in one claim, and events of them. */
const most = { targets: 512, events: 1024 };

const waits = "state = 'ready' AND lease IS NULL AND crashes = 0";
const isAfter = (place: string): string => `(w.tenant_id, w.forward_id) > ${place}`;
const around = (name: string, after: string, upTo: string): string => `${name} (tenant_id, forward_id, n) AS (
    (SELECT tenant_id, forward_id, 1 FROM work w WHERE ${waits} AND ${isAfter(after)} AND ${upTo} ORDER BY tenant_id, forward_id LIMIT 1)
    UNION ALL
    SELECT next.tenant_id, next.forward_id, n + 1 FROM ${name} last, LATERAL (
      SELECT tenant_id, forward_id FROM work w WHERE ${waits} AND ${isAfter('(last.tenant_id, last.forward_id)')} AND ${upTo}
      ORDER BY tenant_id, forward_id LIMIT 1) next
    WHERE n < ${most.targets})`;
/** Once around the targets that have something waiting, beginning after the last one that was asked. */
const listTargets = `
  WITH RECURSIVE ${around('behind', '($1, $2)', 'true')}, ${around('before', '(-1, -1)', `NOT ${isAfter('($1, $2)')}`)}
  SELECT t.tenant_id, t.forward_id, f.paused IS NOT NULL AS paused FROM (
    SELECT tenant_id, forward_id, n FROM behind UNION ALL SELECT tenant_id, forward_id, ${most.targets} + n FROM before) t
  LEFT JOIN forwards f ON f.id = t.forward_id ORDER BY t.n LIMIT ${most.targets}`;

const candidate = 'w.tenant_id, w.event_id, w.forward_id, w.crashes';
const bytes = 'octet_length(e.fields) + coalesce(octet_length(p.fields), 0) AS bytes';
const texts = 'JOIN events e ON e.id = c.event_id LEFT JOIN events p ON p.id = c.previous_id';
const listDue = `
  SELECT c.tenant_id, c.event_id, c.forward_id, c.crashes, ${bytes}
  FROM unnest($1::int[], $2::int[], $3::int[]) WITH ORDINALITY AS t (tenant_id, forward_id, free, n), LATERAL (
    SELECT ${candidate}, w.previous_id, w.due_at FROM work w
    WHERE w.${waits.replaceAll(' AND ', ' AND w.')} AND w.tenant_id = t.tenant_id AND w.forward_id = t.forward_id AND w.due_at <= $4
    ORDER BY w.due_at, w.event_id LIMIT t.free) c
  ${texts} ORDER BY t.n, c.due_at, c.event_id LIMIT ${most.events}`;
const listSuspects = `
  SELECT c.tenant_id, c.event_id, c.forward_id, c.crashes, ${bytes} FROM (
    SELECT ${candidate}, w.previous_id, w.due_at FROM work w
    WHERE w.state = 'ready' AND w.lease IS NULL AND w.crashes > 0 AND w.due_at <= $1 ORDER BY w.due_at, w.event_id LIMIT $2) c
  ${texts} ORDER BY c.due_at, c.event_id`;
const claimChosen = claimSql(
  'SELECT * FROM unnest($2::int[], $3::bigint[], $4::int[]) AS c (tenant_id, event_id, forward_id)',
);

export type Claim = (queries: Queries, request: ClaimRequest) => Promise<{ claimed: Claimed[]; cut: boolean }>;

/**
 * Goes once around the targets that have something waiting, and takes from each no more than its share: a noisy tenant's thousands cost the
 * others nothing. Then the suspects, which are nobody's turn: they come when they are due. Within a step, so nobody else claims meanwhile.
 */
export function buildClaim(): Claim {
  let asked: Place = { tenant_id: 0, forward_id: 0 };
  return async (queries, request) => {
    const { room } = request;
    const taken = countTaken(room);
    const chosen = chooseSuspects(
      await queries.rows(listSuspects, [request.now, Math.max(room.suspects, 1)]),
      room,
      taken,
    );
    const targets = await queries.rows<TargetRow>(listTargets, [asked.tenant_id, asked.forward_id]);
    const due = await listOf(queries, targets, request, taken);
    const calm = choose(targets, due, taken);
    asked = calm.asked ?? asked;
    chosen.push(...calm.chosen);
    const cut = calm.isFull || targets.length >= most.targets || due.length >= most.events;
    return { claimed: await take(queries, chosen, request.lease), cut };
  };
}

function freeOf({ tenant_id, forward_id, paused }: TargetRow, taken: Taken): number {
  // Paused, while its heads are still being taken aside (settle.ts).
  if (forward_id !== appHandler && paused) return 0;
  return Math.max(0, taken.free({ tenantId: tenant_id, forwardId: forward_id }));
}

async function listOf(
  queries: Queries,
  targets: readonly TargetRow[],
  request: ClaimRequest,
  taken: Taken,
): Promise<Candidate[]> {
  const shares = targets.map((target) => ({ ...target, free: freeOf(target, taken) })).filter(({ free }) => free > 0);
  if (shares.length === 0) return [];
  return queries.rows<Candidate>(listDue, [
    shares.map(({ tenant_id }) => tenant_id),
    shares.map(({ forward_id }) => forward_id),
    shares.map(({ free }) => Math.min(free, most.events)),
    request.now,
  ]);
}

/** In the order in which they are due. One that was under way at a second end is tried alone: those behind it wait for it. */
function chooseSuspects(suspects: readonly Candidate[], room: Room, taken: Taken): Candidate[] {
  const chosen: Candidate[] = [];
  for (const each of suspects) {
    const alone = each.crashes > 1;
    if (alone ? !room.alone || chosen.length > 0 : chosen.length >= room.suspects) break;
    if (!taken.take({ tenantId: each.tenant_id, forwardId: each.forward_id }, each.bytes)) break;
    chosen.push(each);
    if (alone) break;
  }
  return chosen;
}

/** Target by target, as much as there is room for. */
function choose(targets: readonly TargetRow[], due: readonly Candidate[], taken: Taken) {
  const keyOf = ({ tenant_id, forward_id }: Place): string => `${tenant_id}/${forward_id}`;
  const waiting = Map.groupBy(due, keyOf);
  const chosen: Candidate[] = [];
  let asked: Place | undefined;
  for (const target of targets) {
    let free = freeOf(target, taken);
    const before = chosen.length;
    for (const each of waiting.get(keyOf(target)) ?? []) {
      if (free <= 0 || !taken.take({ tenantId: each.tenant_id, forwardId: each.forward_id }, each.bytes)) break;
      chosen.push(each);
      free -= 1;
    }
    // A target that got nothing because others had taken all is the first of the next claim.
    const isFull = taken.isFull();
    if (chosen.length > before || !isFull) asked = target;
    if (isFull) return { chosen, asked, isFull };
  }
  return { chosen, asked, isFull: false };
}

/** In the order in which they were chosen. */
async function take({ rows }: Queries, chosen: readonly Candidate[], lease: string): Promise<Claimed[]> {
  if (chosen.length === 0) return [];
  const taken = await rows<ClaimedRow>(claimChosen, [
    lease,
    chosen.map(({ tenant_id }) => tenant_id),
    chosen.map(({ event_id }) => event_id),
    chosen.map(({ forward_id }) => forward_id),
  ]);
  const byKey = new Map(taken.map((row) => [`${row.id}/${row.forward_id}`, readClaimed(row, lease)]));
  return chosen.flatMap(({ event_id, forward_id }) => byKey.get(`${event_id}/${forward_id}`) ?? []);
}
