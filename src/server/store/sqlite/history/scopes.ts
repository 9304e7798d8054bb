import { hookPath, type HookName } from '../../../../microbizz/domain/hook.ts';
import type { Database } from '../open-database.ts';

/** One hook of one tenant. */
export interface Scope extends HookName {
  readonly id: number;
}

export interface Scopes {
  of(tenantId: number): Scope[];
  /** Within a transaction that writes. */
  get(tenantId: number, hook: HookName): number;
}

export function buildScopes(database: Database): Scopes {
  const list = database.prepare<[number], Scope>('SELECT id, modcode, hook FROM scopes WHERE tenant_id = ?');
  const find = database
    .prepare<[number, string, string], number>('SELECT id FROM scopes WHERE tenant_id = ? AND modcode = ? AND hook = ?')
    .pluck();
  const insert = database.prepare('INSERT INTO scopes (tenant_id, modcode, hook) VALUES (?, ?, ?)');
  return {
    of: (tenantId) => list.all(tenantId),
    get: (tenantId, { modcode, hook }) =>
      find.get(tenantId, modcode, hook) ?? Number(insert.run(tenantId, modcode, hook).lastInsertRowid),
  };
}

export function scopesNamed(scopes: readonly Scope[], hook: HookName | undefined): readonly Scope[] {
  return hook === undefined ? scopes : scopes.filter((scope) => hookPath(scope) === hookPath(hook));
}
