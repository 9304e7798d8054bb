import type { Installation } from '../../../../microbizz/domain/tenant.ts';
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
