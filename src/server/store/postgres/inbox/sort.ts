import { mainVariable } from '../../../../microbizz/domain/catalogue.ts';
import { differs } from '../../../../microbizz/domain/differs.ts';
import { readFields } from '../../../../microbizz/domain/event.ts';
import { readObject } from '../../../../microbizz/domain/read-object.ts';
import type { SortedEvent } from '../../ports/inbox.ts';
import { appHandler } from '../../ports/inbox.ts';
import type { Queries } from '../database.ts';
import { plainText } from '../plain-text.ts';
import type { Counters } from './count.ts';
import { atOnce } from './lanes.ts';
import { takeRuns } from './unsorted.ts';

/** Puts the first unsorted events of some tenants into their lanes. Those that another process has sorted meanwhile are left alone. */
export async function sortAll(queries: Queries, counters: Counters, events: readonly SortedEvent[]): Promise<void> {
  if (events.length === 0) return;
  const runs = Array.from(
    Map.groupBy(events, ({ tenantId }) => tenantId),
    ([tenantId, own]) => ({
      tenantId,
      first: own[0]?.id ?? 0,
      last: own.at(-1)?.id ?? 0,
    }),
  );
  const ours = await takeRuns(queries, runs);
  const own = events.filter(({ tenantId }) => ours.has(tenantId));
  for (const { tenantId, rejected } of own) counters.add(tenantId, rejected ? 'rejected' : 'received');
  await setAside(
    queries,
    counters,
    own.filter(({ unreadable }) => unreadable !== undefined),
  );
  let together: SortedEvent[] = [];
  for (const event of own.filter(({ rejected, unreadable }) => !rejected && unreadable === undefined)) {
    if (event.gapAfter === undefined) {
      together.push(event);
      continue;
    }
    // Its rule needs the one before it, which must be in its lane by then.
    await place(queries, counters, together, false);
    await place(queries, counters, [event], await isToldElsewhere(queries, event));
    together = [];
  }
  await place(queries, counters, together, false);
}

async function setAside({ run }: Queries, counters: Counters, events: readonly SortedEvent[]): Promise<void> {
  for (const { id, tenantId, lane, objectId, unreadable = '' } of events) {
    counters.add(tenantId, 'dead');
    await run(
      `INSERT INTO outcomes (event_id, forward_id, tenant_id, lane, object_id, state, fault)
       VALUES ($1, ${appHandler}, $2, $3, $4, 'dead', $5)`,
      [id, tenantId, plainText(lane), plainText(objectId), plainText(unreadable)],
    );
  }
}

/**
 * Whether an object that Microbizz was asked for was reported after that, or is the latest in another writing. The filler checks before it
 * adds, but the latest may not have been in its lane then.
 */
async function isToldElsewhere({ row }: Queries, event: SortedEvent): Promise<boolean> {
  if (event.objectId === '') return false;
  const known = await row<{ latest_id: number; gap_after: number | null; latest: string | null; asked: string | null }>(
    `SELECT o.latest_id, l.gap_after, l.fields AS latest, a.fields AS asked
     FROM objects o LEFT JOIN events l ON l.id = o.latest_id LEFT JOIN events a ON a.id = $5
     WHERE o.tenant_id = $1 AND o.modcode = $2 AND o.hook = $3 AND o.object_id = $4`,
    [event.tenantId, event.modcode, event.hook, plainText(event.objectId), event.id],
  );
  if (known === undefined) return false;
  if ((known.gap_after ?? known.latest_id) > (event.gapAfter ?? 0)) return true;
  const [latest, asked] = [known.latest, known.asked].map((text) => {
    const fields = text === null ? undefined : readFields(text).fields;
    return fields && readObject(fields, mainVariable(event));
  });
  return asked !== undefined && !differs(latest, asked);
}

/**
 * All at once. `before` is the content that the object had before the event, `latest` the last event that changed it: among those that are
 * placed with it, or else what is known of the object. The duplicate check asks for equal content only.
 */
const placeAll = `
  WITH given AS MATERIALIZED (
    SELECT * FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bool[])
      AS g (id, tenant_id, modcode, hook, object_id, lane, hash, handler)),
  chained AS (
    SELECT g.*, o.latest_id AS known_id, $9 OR coalesce(g.object_id <> '' AND
        coalesce(lag(g.hash) OVER chain, o.hash) = g.hash, false) AS told
    FROM given g LEFT JOIN objects o ON g.object_id <> '' AND o.tenant_id = g.tenant_id AND o.modcode = g.modcode AND o.hook = g.hook
      AND o.object_id = g.object_id
    WINDOW chain AS (PARTITION BY g.tenant_id, g.modcode, g.hook, g.object_id ORDER BY g.id)),
  placed AS MATERIALIZED (
    SELECT c.*, CASE WHEN object_id <> '' THEN coalesce(max(id) FILTER (WHERE NOT told) OVER (
      PARTITION BY tenant_id, modcode, hook, object_id ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), known_id) END AS previous_id
    FROM chained c),
  known AS (
    INSERT INTO objects (tenant_id, modcode, hook, object_id, hash, latest_id, changes)
    SELECT tenant_id, modcode, hook, object_id, (array_agg(hash ORDER BY id DESC))[1], max(id), count(*) FROM placed
    WHERE object_id <> '' AND NOT told GROUP BY tenant_id, modcode, hook, object_id
    ON CONFLICT (tenant_id, modcode, hook, object_id) DO UPDATE
      SET hash = excluded.hash, latest_id = excluded.latest_id, changes = objects.changes + excluded.changes),
  over AS (
    INSERT INTO outcomes (event_id, forward_id, tenant_id, lane, object_id, previous_id, state)
    SELECT id, ${appHandler}, tenant_id, lane, object_id, previous_id, CASE WHEN told THEN 'duplicate' ELSE 'handled' END
    FROM placed WHERE told OR NOT handler),
  targets AS (
    SELECT p.*, ${appHandler} AS forward_id, 'ready' AS head FROM placed p WHERE NOT told AND handler
    UNION ALL
    SELECT p.*, f.id, CASE WHEN f.paused IS NULL THEN 'ready' ELSE 'held' END
    FROM placed p JOIN forwards f ON f.tenant_id = p.tenant_id AND (f.hooks = '{}' OR p.modcode || '/' || p.hook = ANY (f.hooks))
    WHERE NOT told),
  ordered AS (
    SELECT t.*, row_number() OVER (PARTITION BY forward_id, lane ORDER BY id) = 1
      AND NOT EXISTS (SELECT 1 FROM work w WHERE w.forward_id = t.forward_id AND w.lane = t.lane) AS first
    FROM targets t),
  waits AS (
    INSERT INTO work (tenant_id, event_id, forward_id, lane, object_id, previous_id, state, due_at)
    SELECT tenant_id, id, forward_id, lane, object_id, previous_id, CASE WHEN first THEN head ELSE 'queued' END,
      CASE WHEN first THEN ${atOnce} END
    FROM ordered)
  SELECT tenant_id, told FROM placed WHERE told OR NOT handler`;

/** At the end of their lanes; an empty lane's first event is ready at once, or held while the forward is paused. `told`: as duplicates, if their object is known. */
async function place(
  { rows }: Queries,
  counters: Counters,
  events: readonly SortedEvent[],
  told: boolean,
): Promise<void> {
  if (events.length === 0) return;
  const over = await rows<{ tenant_id: number; told: boolean }>(placeAll, [
    events.map(({ id }) => id),
    events.map(({ tenantId }) => tenantId),
    events.map(({ modcode }) => modcode),
    events.map(({ hook }) => hook),
    events.map(({ objectId }) => plainText(objectId)),
    events.map(({ lane }) => plainText(lane)),
    events.map(({ hash }) => Buffer.from(hash)),
    events.map(({ handler }) => handler),
    told,
  ]);
  for (const each of over) counters.add(each.tenant_id, each.told ? 'duplicate' : 'handled');
}
