import type { Fields } from '../../domain/event.ts';
import { appHandler, targetKey, type Claimed, type ClaimRequest, type Room } from '../../inbox/inbox-store.ts';
import type { Database } from './open-database.ts';

interface Target {
  tenant_id: number;
  forward_id: number;
}
interface Row extends Target {
  event_id: number;
  attempt: number;
  object_id: string;
  modcode: string;
  hook: string;
  received_at: number;
  fields: string;
  previous: string | null;
}

/**
 * Goes once around the targets that have something ready, beginning after the last one served, and takes from each no more than its
 * share: a noisy tenant's thousands cost the others nothing. A leased event is due again when its lease ends, which is all that a crash needs.
 */
export function buildClaim(database: Database): (request: ClaimRequest) => Claimed[] {
  // Two questions instead of `(tenant_id, forward_id) > (?, ?)`: of a row value SQLite uses only the first column to search.
  const nextForward = database.prepare<[number, number], Target>(
    `SELECT tenant_id, forward_id FROM handlings WHERE state = 'ready' AND tenant_id = ? AND forward_id > ?
     ORDER BY forward_id LIMIT 1`,
  );
  const nextTenant = database.prepare<[number], Target>(
    `SELECT tenant_id, forward_id FROM handlings WHERE state = 'ready' AND tenant_id > ?
     ORDER BY tenant_id, forward_id LIMIT 1`,
  );
  const due = database.prepare<[number, number, number, number], Row>(
    `SELECT h.event_id, h.forward_id, h.tenant_id, h.attempt, h.object_id, e.modcode, e.hook, e.received_at, e.fields, p.fields AS previous
     FROM handlings h JOIN events e ON e.id = h.event_id LEFT JOIN events p ON p.id = h.previous_id
     WHERE h.state = 'ready' AND h.tenant_id = ? AND h.forward_id = ? AND h.due_at <= ? ORDER BY h.due_at, h.event_id LIMIT ?`,
  );
  const lease = database.prepare(
    'UPDATE handlings SET lease = ?, due_at = ?, attempt = attempt + 1 WHERE event_id = ? AND forward_id = ?',
  );
  const findForward = database.prepare<[number], { paused: number; failing: number }>(
    'SELECT paused IS NOT NULL AS paused, failing_since IS NOT NULL AS failing FROM forwards WHERE id = ?',
  );
  const none: Target = { tenant_id: 0, forward_id: 0 };
  let served = none;

  function* targets(): Generator<Target> {
    const start = served;
    let at = start;
    for (let round = 0; round < 2; round += 1) {
      for (;;) {
        const next = nextForward.get(at.tenant_id, at.forward_id) ?? nextTenant.get(at.tenant_id);
        if (next === undefined || (round === 1 && isAfter(next, start))) break;
        yield next;
        at = next;
      }
      at = none;
    }
  }

  function limitOf({ forward_id }: Target, room: Room): number {
    if (forward_id === appHandler) return room.perTarget;
    const forward = findForward.get(forward_id);
    // Paused, while its heads are still being taken aside (settle.ts).
    if (forward?.paused === 1) return 0;
    return forward?.failing === 1 ? 1 : (room.perForward ?? room.perTarget);
  }

  return ({ now, until, lease: holder, room }) => {
    const claimed: Claimed[] = [];
    // The slow destinations of all tenants together leave room for the handlers.
    let forwards = room.forwards ?? room.total;
    for (const target of targets()) {
      const free = Math.min(
        room.total - claimed.length,
        target.forward_id === appHandler ? room.total : forwards,
        limitOf(target, room) - (room.busy.get(targetKey(target.tenant_id, target.forward_id)) ?? 0),
      );
      if (room.total <= claimed.length) break;
      served = target;
      for (const row of free > 0 ? due.all(target.tenant_id, target.forward_id, now, free) : []) {
        lease.run(holder, until, row.event_id, row.forward_id);
        claimed.push(read(row, holder));
        if (row.forward_id !== appHandler) forwards -= 1;
      }
    }
    return claimed;
  };
}

function isAfter(a: Target, b: Target): boolean {
  return a.tenant_id > b.tenant_id || (a.tenant_id === b.tenant_id && a.forward_id > b.forward_id);
}

function read(row: Row, lease: string): Claimed {
  return {
    event: {
      id: row.event_id,
      tenantId: row.tenant_id,
      modcode: row.modcode,
      hook: row.hook,
      receivedAt: row.received_at,
      fields: JSON.parse(row.fields) as Fields,
    },
    forwardId: row.forward_id,
    attempt: row.attempt + 1,
    lease,
    objectId: row.object_id,
    previous: row.previous === null ? undefined : (JSON.parse(row.previous) as Fields),
  };
}
