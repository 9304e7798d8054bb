import type { EventHead } from '../../../microbizz/domain/event.ts';

/** The columns that say which event a row is, and whose. */
export interface HeadRow {
  id: number;
  tenant_id: number;
  modcode: string;
  hook: string;
  received_at: number;
}

export function headOf({ id, tenant_id: tenantId, modcode, hook, received_at: receivedAt }: HeadRow): EventHead {
  return { id, tenantId, modcode, hook, receivedAt };
}
