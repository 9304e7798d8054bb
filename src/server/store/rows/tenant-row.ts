import type { Tenant } from '../../../microbizz/domain/tenant.ts';
import type { SealedToken } from '../ports/sealed.ts';

/** A tenant with the installation whose credentials are in use: both databases name these columns alike. */
export interface TenantRow {
  id: number;
  host: string;
  contract: string;
  installation_id: string;
  solution: string;
  endpoint: string;
  accesstoken: Buffer;
  refused_at: number | null;
}

export const selectTenants = `SELECT t.id, t.host, t.contract, t.installation_id, i.solution, i.endpoint, i.accesstoken, t.refused_at
  FROM tenants t JOIN installations i ON i.id = t.installation_id`;

export function toTenant(row: TenantRow): Tenant<SealedToken> {
  const { id, host, contract, solution, endpoint, installation_id: installationId, accesstoken: sealed } = row;
  return {
    id,
    host,
    contract,
    credentials: { endpoint, contract, accesstoken: { installationId, sealed } },
    solution,
    ...(row.refused_at !== null && { refusedAt: row.refused_at }),
  };
}
