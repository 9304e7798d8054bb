import type { ChangeFilter } from '../../ports/history.ts';
import type { Queries } from '../database.ts';
import type { Scope } from './scopes.ts';

/** Ids of events from `from` up to, and without, `before`. */
export interface Bounds {
  readonly from: number;
  readonly before: number;
}

export const everything: Bounds = { from: 0, before: Number.MAX_SAFE_INTEGER };

const lastBefore = `(SELECT event_id FROM changes c WHERE c.scope_id = s.id AND c.received_at < $2 - s.setback
  ORDER BY received_at DESC LIMIT 1)`;
const firstFrom = `(SELECT event_id FROM changes c WHERE c.scope_id = s.id AND c.received_at >= $3 + s.setback
  ORDER BY received_at LIMIT 1)`;

/**
 * A range of ids that holds every change of a range of times, so that reading in the order of the ids needs no other index. Times
 * rise with the ids but for a scope's `setback`: changes received earlier than `since` by more than that have lower ids than all in the
 * range, and changes received later than `until` by more than that have higher ones.
 */
export async function narrow(
  { row }: Queries,
  scopes: readonly Scope[],
  { since, until }: ChangeFilter,
  { from, before }: Bounds,
): Promise<Bounds> {
  if (scopes.length === 0 || (since === undefined && until === undefined)) return { from, before };
  const found = await row<Bounds>(
    `SELECT min(coalesce(${lastBefore}, -1) + 1) AS from, max(coalesce(${firstFrom}, ${Number.MAX_SAFE_INTEGER})) AS before
     FROM scopes s WHERE s.id = ANY ($1::int[])`,
    [scopes.map(({ id }) => id), since ?? null, until ?? null],
  );
  return { from: Math.max(from, found?.from ?? 0), before: Math.min(before, found?.before ?? before) };
}

/** Not wider than the existing changes. */
export async function keptBounds(
  { row }: Queries,
  scopes: readonly Scope[],
  { from, before }: Bounds,
): Promise<Bounds> {
  const kept = await row<{ first: number | null; last: number | null }>(
    `SELECT min((SELECT min(event_id) FROM changes WHERE scope_id = s.id)) AS first,
       max((SELECT max(event_id) FROM changes WHERE scope_id = s.id)) AS last
     FROM unnest($1::int[]) AS s (id)`,
    [scopes.map(({ id }) => id)],
  );
  if (kept?.first == null || kept.last === null) return { from, before: from };
  return { from: Math.max(from, kept.first), before: Math.min(before, kept.last + 1) };
}
