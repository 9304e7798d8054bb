import type { ChangeFilter, Named } from '../../ports/history.ts';
import type { Add } from '../values.ts';
import type { Bounds } from './bounds.ts';
import type { Scope } from './scopes.ts';

/** A question for changes, as far as it says where to look. */
export interface Asked {
  readonly tenantId: number;
  readonly scopes: readonly Scope[];
  readonly filter: ChangeFilter;
  readonly bounds: Bounds;
  readonly limit: number;
}

/** SQL that answers ids of events that a filter may match, newest first, `most` at most: each from an index. */
export type Source = (add: Add, asked: Asked, most: number) => string;

const within = (add: Add, { from, before }: Bounds): string => `event_id >= ${add(from)} AND event_id < ${add(before)}`;
const newest = (add: Add, most: number): string => `ORDER BY event_id DESC LIMIT ${add(most)}`;

/** The merged rows of all scopes. */
function ofScopes(add: Add, { scopes, bounds }: Asked, most: number, terms: string): string {
  return `(SELECT k.event_id FROM unnest(${add(scopes.map(({ id }) => id))}::int[]) AS s (id), LATERAL (
    SELECT event_id FROM changes WHERE scope_id = s.id AND ${within(add, bounds)} ${terms} ${newest(add, most)}) k)`;
}

export const allOfScopes: Source = (add, asked, most) => `${ofScopes(add, asked, most, '')} ${newest(add, most)}`;

/** An event that names the user both ways comes once. */
export function ofUser({ userid, usercode }: Named): Source {
  return (add, asked, most) => {
    const byId = ofScopes(add, asked, most, `AND userid = ${add(userid)} AND userid <> ''`);
    const byCode = ofScopes(add, asked, most, `AND usercode = ${add(usercode)} AND usercode <> ''`);
    return `${byId} UNION ${byCode} ${newest(add, most)}`;
  };
}

export const waiting: Source = (add, { tenantId, bounds }, most) =>
  `SELECT DISTINCT event_id FROM work WHERE tenant_id = ${add(tenantId)} AND ${within(add, bounds)} ${newest(add, most)}`;

export const failed: Source = (add, { tenantId, bounds }, most) =>
  `SELECT DISTINCT event_id FROM outcomes WHERE tenant_id = ${add(tenantId)} AND state = 'dead' AND ${within(add, bounds)} ${newest(add, most)}`;

export function withWords(match: string): Source {
  return (add, { bounds }, most) =>
    `SELECT event_id FROM changes WHERE words @@ ${add(match)}::tsquery AND ${within(add, bounds)} ${newest(add, most)}`;
}
