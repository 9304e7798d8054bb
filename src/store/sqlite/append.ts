import type { Arrival, Rejection } from '../../domain/event.ts';
import { asTransaction, type Database } from './open-database.ts';

/** One prepared insert in a loop, one transaction, one fsync. A multi-row VALUES is no faster (bench/README.md). */
export function buildAppend(database: Database): (arrivals: readonly (Arrival | Rejection)[]) => number[] {
  const insert = database.prepare(
    'INSERT INTO events (tenant_id, modcode, hook, received_at, fields, content_type, body, fault) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return asTransaction(database, (arrivals: readonly (Arrival | Rejection)[]) =>
    arrivals.map((arrival) => {
      const { tenantId, modcode, hook, receivedAt } = arrival;
      const { lastInsertRowid } =
        'fields' in arrival
          ? insert.run(tenantId, modcode, hook, receivedAt, JSON.stringify(arrival.fields), null, null, null)
          : insert.run(tenantId, modcode, hook, receivedAt, null, arrival.contentType, arrival.body, arrival.fault);
      return Number(lastInsertRowid);
    }),
  );
}
