import { appHandler } from '../../ports/inbox.ts';
import type { History } from '../../ports/history.ts';
import type { Database } from '../open-database.ts';
import { sortedUpTo } from '../inbox/unsorted.ts';

/** Events of all tenants that are looked at for the exact number, some 1 ms. */
const mostCounted = 1000;

/** The events that the follower has still to describe. */
export function buildLag(database: Database): (tenantId: number) => Awaited<ReturnType<History['countUndescribed']>> {
  const places = database.prepare<[], { after: number; sorted: number }>(
    `SELECT after_id AS after, ${sortedUpTo} AS sorted FROM describing`,
  );
  const count = database
    .prepare<[number, number, number], number>(
      `SELECT count(*) FROM events e JOIN handlings h ON h.event_id = e.id AND h.forward_id = ${appHandler}
       WHERE e.id > ? AND e.id <= ? AND e.tenant_id = ? AND h.state <> 'duplicate'`,
    )
    .pluck();

  return (tenantId) => {
    const { after = 0, sorted = 0 } = places.get() ?? {};
    if (sorted - after > mostCounted) return { count: sorted - after, atMost: true };
    return { count: sorted <= after ? 0 : (count.get(after, sorted, tenantId) ?? 0), atMost: false };
  };
}
