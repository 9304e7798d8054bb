import { hookPath, type HookName } from '../../../../microbizz/domain/hook.ts';
import type { Queries } from '../database.ts';

/** One hook of one tenant. */
export interface Scope extends HookName {
  readonly id: number;
}

export async function listScopes({ rows }: Queries, tenantId: number): Promise<Scope[]> {
  return rows<Scope>(
    'SELECT id, modcode, hook FROM scopes WHERE tenant_id = $1 ORDER BY modcode COLLATE "C", hook COLLATE "C"',
    [tenantId],
  );
}

export function scopesNamed(scopes: readonly Scope[], hook: HookName | undefined): readonly Scope[] {
  return hook === undefined ? scopes : scopes.filter((scope) => hookPath(scope) === hookPath(hook));
}
