import type { Installation, Tenant } from '../../../../microbizz/domain/tenant.ts';
import type { SealedToken } from '../../ports/sealed.ts';

export interface InstallationRow {
  id: string;
  solution: string;
  negotiated_at: number;
  tenant_id: number | null;
  endpoint: string;
  contract: string;
  accesstoken: Buffer;
  fault: string | null;
  reconnects: number | null;
  verified_at: number | null;
  unreachable: boolean;
  revoked_at: number | null;
}

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

export function toInstallation(row: InstallationRow): Installation<SealedToken> {
  const { id, solution, endpoint, contract, tenant_id, fault, unreachable } = row;
  return {
    id,
    solution,
    credentials: { endpoint, contract, accesstoken: { installationId: id, sealed: row.accesstoken } },
    tenantId: tenant_id ?? undefined,
    waits: tenant_id === null && row.verified_at !== null,
    fault: fault ?? undefined,
    unreachable,
  };
}
