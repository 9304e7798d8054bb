import type { Database } from '../open-database.ts';

export type Counter = 'received' | 'rejected' | 'duplicate' | 'handled' | 'retried' | 'dead' | 'forwarded';

export interface Counters {
  add(tenantId: number, name: Counter): void;
  /** Forgets the counts of a transaction that failed. */
  reset(): void;
  /** Before the commit. */
  write(): void;
}

/** Adds up in memory within one transaction, and writes each counter once. */
export function buildCounters(database: Database): Counters {
  const upsert = database.prepare(
    'INSERT INTO counters (tenant_id, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value',
  );
  const pending = new Map<string, number>();
  return {
    add(tenantId, name) {
      const key = `${tenantId} ${name}`;
      pending.set(key, (pending.get(key) ?? 0) + 1);
    },
    reset() {
      pending.clear();
    },
    write() {
      for (const [key, value] of pending) upsert.run(...(key.split(' ') as [string, string]), value);
    },
  };
}
