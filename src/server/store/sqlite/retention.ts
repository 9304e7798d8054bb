import type { RetentionStore } from '../ports/retention.ts';
import type { Database } from './open-database.ts';

export function buildRetention(database: Database): RetentionStore {
  const find = database.prepare<[number], number | null>('SELECT retention_days FROM tenants WHERE id = ?').pluck();
  const list = database.prepare<[], { tenantId: number; days: number }>(
    'SELECT id AS tenantId, retention_days AS days FROM tenants WHERE retention_days IS NOT NULL ORDER BY id',
  );
  const set = database.prepare('UPDATE tenants SET retention_days = ? WHERE id = ?');
  const forgetUsers = database.prepare(
    `DELETE FROM user_day_counts WHERE day < :day
     AND (:tenantId IS NULL OR scope_id IN (SELECT id FROM scopes WHERE tenant_id = :tenantId))`,
  );
  return {
    find: async (tenantId) => find.get(tenantId) ?? undefined,
    async set(tenantId, days) {
      set.run(days ?? null, tenantId);
    },
    list: async () => list.all(),
    async forgetUsers(day, tenantId) {
      forgetUsers.run({ day, tenantId: tenantId ?? null });
    },
  };
}
