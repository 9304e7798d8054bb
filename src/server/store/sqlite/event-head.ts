import type { HookName } from '../../../microbizz/domain/hook.ts';

/** The columns that say which event a row is, and whose. */
export interface HeadRow {
  id: number;
  tenant_id: number;
  modcode: string;
  hook: string;
  received_at: number;
}

export interface EventHead extends HookName {
  readonly id: number;
  readonly tenantId: number;
  readonly receivedAt: number;
}

export function headOf({ id, tenant_id: tenantId, modcode, hook, received_at: receivedAt }: HeadRow): EventHead {
  return { id, tenantId, modcode, hook, receivedAt };
}
