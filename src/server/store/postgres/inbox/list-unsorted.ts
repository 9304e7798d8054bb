import type { Unsorted } from '../../ports/inbox.ts';
import { headColumns, headOf, type HeadRow } from '../event-row.ts';
import type { Database } from '../database.ts';

/** Characters of events that are sorted in one step, the last event beyond it. */
const mostAtOnce = 2 ** 20;
/** Events and characters of a tenant after which it is the next one's turn. */
const visit = { events: 16, size: 128 * 1024 };
/** Events that are looked at for one step. */
const mostLooks = 2048;

interface Waiting {
  tenant_id: number;
  id: number;
  /** NULL of a rejected POST. */
  size: number | null;
}
type Row = HeadRow & { gap_after: number | null; fields: string | null };

/** SQL: tenants that have something waiting, in their order, $2 at most. */
const tenants = (name: string, after: string, upTo: string): string => `${name} (tenant_id, n) AS (
    (SELECT tenant_id, 1 FROM unsorted WHERE tenant_id > ${after} AND tenant_id <= ${upTo} ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT next.tenant_id, n + 1 FROM ${name} last, LATERAL (
      SELECT tenant_id FROM unsorted u WHERE u.tenant_id > last.tenant_id AND u.tenant_id <= ${upTo} ORDER BY tenant_id LIMIT 1) next
    WHERE n < $2)`;
/** Beginning after the tenant `$1`; of each its first events, in their order. */
const listWaiting = `
  WITH RECURSIVE ${tenants('behind', '$1', '2147483647')}, ${tenants('before', '-1', '$1')},
    chosen AS (SELECT tenant_id, place FROM (
      SELECT tenant_id, n AS place FROM behind UNION ALL SELECT tenant_id, $2 + n FROM before) both_parts ORDER BY place LIMIT $2),
    share AS (SELECT least($2, greatest(${visit.events}, ${mostLooks} / greatest(count(*), 1))) AS events FROM chosen)
  SELECT t.tenant_id, e.id, (SELECT octet_length(fields) FROM events WHERE id = e.id) AS size FROM share, chosen t, LATERAL (
      SELECT i.id FROM unsorted u, LATERAL generate_series(u.first_id, least(u.last_id, u.first_id + share.events - 1)) AS i (id)
      WHERE u.tenant_id = t.tenant_id ORDER BY u.last_id, i.id LIMIT share.events) e
  ORDER BY t.place, e.id`;

/**
 * The events to sort next: goes around the tenants that have events waiting, beginning after the last one that was asked, and takes a
 * few events of each. A tenant with a million waiting gets the rest of the step, if nobody else has any.
 */
export function buildListUnsorted({ rows }: Database): (limit: number) => Promise<Unsorted[]> {
  let asked = 0;
  return async (limit) => {
    const waiting = await rows<Waiting>(listWaiting, [asked, limit]);
    const chosen = choose(waiting, limit);
    asked = chosen.asked ?? asked;
    if (chosen.events.length === 0) return [];
    const found = await rows<Row>(
      `SELECT ${headColumns}, e.gap_after, e.fields FROM events e WHERE e.id = ANY ($1::bigint[])`,
      [chosen.events.map(({ id }) => id)],
    );
    const byId = new Map(found.map((row) => [row.id, row]));
    // One that is gone, by hand, is passed like a rejected POST.
    return chosen.events.map(({ id, tenant_id: tenantId }) => {
      const row = byId.get(id);
      return row === undefined
        ? { id, tenantId, modcode: '', hook: '', receivedAt: 0, fields: undefined }
        : readUnsorted(row);
    });
  };
}

/** Of each tenant as much as a visit has, round after round, until the step is full. `asked`: the last that was asked in the first round. */
function choose(waiting: readonly Waiting[], limit: number): { events: Waiting[]; asked: number | undefined } {
  const queues = [...Map.groupBy(waiting, ({ tenant_id }) => tenant_id).values()].map((own) => ({ own, at: 0 }));
  const events: Waiting[] = [];
  let size = 0;
  let asked: number | undefined;
  const isFull = (): boolean => events.length >= limit || size >= mostAtOnce;
  for (let round = 0, left = queues; left.length > 0; round += 1, left = left.filter(({ own, at }) => at < own.length))
    for (const queue of left) {
      if (isFull()) return { events, asked };
      if (round === 0) asked = queue.own[0]?.tenant_id;
      const end = { events: events.length + visit.events, size: size + visit.size };
      for (let next = queue.own[queue.at]; next !== undefined; next = queue.own[queue.at]) {
        if (isFull() || events.length >= end.events || size >= end.size) break;
        events.push(next);
        size += next.size ?? 0;
        queue.at += 1;
      }
    }
  return { events, asked };
}

function readUnsorted({ fields, gap_after, ...row }: Row): Unsorted {
  return { ...headOf(row), fields: fields ?? undefined, ...(gap_after !== null && { gapAfter: gap_after }) };
}
