import type { Database } from './open-database.ts';

export type Counter = 'received' | 'rejected' | 'duplicate' | 'handled' | 'retried' | 'dead' | 'forwarded';

/** Adds up in memory within one transaction, then writes each counter once: `add` per event, `write` before the commit. */
export function buildCounters(database: Database): { add(tenantId: number, name: Counter): void; write(): void } {
  const upsert = database.prepare(
    'INSERT INTO counters (tenant_id, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value',
  );
  const pending = new Map<string, number>();
  return {
    add(tenantId, name) {
      const key = `${tenantId} ${name}`;
      pending.set(key, (pending.get(key) ?? 0) + 1);
    },
    write() {
      const counts = [...pending];
      // Emptied first: if the transaction fails, its counts must not slip into the next one.
      pending.clear();
      for (const [key, value] of counts) upsert.run(...(key.split(' ') as [string, string]), value);
    },
  };
}
