import type { Tenant } from '../domain/tenant.ts';
import type { Connections } from './store.ts';

/** Milliseconds for which a tenant is remembered: a new accesstoken is used that much later. */
const memory = 1000;

/**
 * Looks a tenant up once a second instead of once an event: a read outside a transaction takes and releases SQLite's locks, 20 µs, an
 * eighth of handling an event.
 */
export function rememberTenants(
  connections: Connections,
  now: () => number,
): (id: number) => Promise<Tenant | undefined> {
  const known = new Map<number, { until: number; tenant: Promise<Tenant | undefined> }>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined && now() < found.until) return found.tenant;
    const tenant = connections.findTenant(id);
    known.set(id, { until: now() + memory, tenant });
    tenant.catch(() => known.delete(id));
    return tenant;
  };
}
