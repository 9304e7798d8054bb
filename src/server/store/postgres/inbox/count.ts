import type { Queries } from '../database.ts';

export type Counter = 'received' | 'rejected' | 'duplicate' | 'handled' | 'retried' | 'dead' | 'forwarded';

export interface Counters {
  add(tenantId: number, name: Counter): void;
  /** Before the commit. */
  write(queries: Queries): Promise<void>;
}

/** Adds up in memory within one transaction, and writes each counter once. */
export function newCounters(): Counters {
  const pending = new Map<string, number>();
  return {
    add(tenantId, name) {
      const key = `${tenantId} ${name}`;
      pending.set(key, (pending.get(key) ?? 0) + 1);
    },
    async write({ run }) {
      if (pending.size === 0) return;
      const keys = Array.from(pending.keys(), (key) => key.split(' '));
      await run(
        `INSERT INTO counters SELECT * FROM unnest($1::int[], $2::text[], $3::bigint[])
         ON CONFLICT (tenant_id, name) DO UPDATE SET value = counters.value + excluded.value`,
        [keys.map(([tenantId]) => tenantId), keys.map(([, name]) => name), [...pending.values()]],
      );
    },
  };
}
