import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../errors.ts';

/** Milliseconds for which a tenant whose accesstoken Microbizz refuses may send events: who does not connect again has left. */
const leftAfter = 30 * 86_400_000;

export interface TenantState {
  readonly findTenant: (id: number) => Promise<Tenant | undefined>;
  /** True while as many of its events wait to be sorted as may. */
  readonly isFull: (tenantId: number) => Promise<boolean>;
  readonly now: () => number;
}

/** Throws for a tenant that may not send events now: before anything of its request is read. */
export async function refuseTenant(tenantId: number, { findTenant, isFull, now }: TenantState): Promise<void> {
  const tenant = await findTenant(tenantId);
  // After an uninstall the old addresses are still known to everybody who saw them.
  if (tenant?.refusedAt !== undefined && now() - tenant.refusedAt >= leftAfter) {
    const since = new Date(tenant.refusedAt).toISOString().slice(0, 10);
    throw new Refusal(
      'not-connected',
      `Microbizz has refused this app since ${since}, for more than 30 days: no events are taken until it is connected again.`,
    );
  }
  if (await isFull(tenantId))
    throw new Refusal(
      'unavailable',
      'Too many events of this Microbizz are waiting to be handled. Send it again later.',
      {
        kind: 'backlog',
      },
    );
}
