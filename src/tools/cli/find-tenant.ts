import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../../server/errors.ts';

/** How a tenant can always be named: contract numbers may be the same at two hosts, and equal to another tenant's id. */
export function nameTenant({ host, contract }: Tenant): string {
  return `${host}/${contract}`;
}

/** The tenant with this id, contract or host/contract. */
export function findTenant(tenants: readonly Tenant[], text: string): Tenant {
  const found = tenants.filter(
    (tenant) => String(tenant.id) === text || tenant.contract === text || nameTenant(tenant) === text,
  );
  const [tenant, ...more] = found;
  if (tenant === undefined)
    throw new Refusal('not-found', `There is no tenant ${text}. The command "tenants" lists them.`);
  if (more.length === 0) return tenant;
  const names = found.map((each) => `${nameTenant(each)} (id ${each.id})`).join(', ');
  throw new Refusal('bad-request', `${text} may be ${names}: name it by host/contract.`);
}
