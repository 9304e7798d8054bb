import type { GapRun } from '../ports/gaps.ts';

export interface GapRunRow {
  tenant_id: number;
  modcode: string;
  hook: string;
  since: string | null;
  ended_at: number | null;
  found: number | null;
  fault: string | null;
}

export function toGapRun({ tenant_id, modcode, hook, since, ended_at, found, fault }: GapRunRow): GapRun {
  return {
    tenantId: tenant_id,
    modcode,
    hook,
    ...(since !== null && { since }),
    ...(ended_at !== null && { endedAt: ended_at }),
    ...(found !== null && { found }),
    ...(fault !== null && { fault }),
  };
}
