import type { RetentionStore } from '../ports/retention.ts';
import type { Database } from './database.ts';

export function buildRetention(database: Database): RetentionStore {
  return {
    async find(tenantId) {
      const found = await database.row<{ days: number | null }>(
        'SELECT retention_days AS days FROM tenants WHERE id = $1::bigint',
        [tenantId],
      );
      return found?.days ?? undefined;
    },
    async set(tenantId, days) {
      await database.writing(({ run }) =>
        run('UPDATE tenants SET retention_days = $1 WHERE id = $2::bigint', [days ?? null, tenantId]),
      );
    },
    list: () =>
      database.rows<{ tenantId: number; days: number }>(
        'SELECT id AS "tenantId", retention_days AS days FROM tenants WHERE retention_days IS NOT NULL ORDER BY id',
      ),
    async forgetUsers(day, tenantId) {
      await database.writing(({ run }) =>
        run(
          `DELETE FROM user_day_counts WHERE day < $1
           AND ($2::bigint IS NULL OR scope_id IN (SELECT id FROM scopes WHERE tenant_id = $2))`,
          [day, tenantId ?? null],
        ),
      );
    },
  };
}
