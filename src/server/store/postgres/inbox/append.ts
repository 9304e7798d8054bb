import type { Arrival, Rejection } from '../../../../microbizz/domain/event.ts';
import type { Database } from '../database.ts';
import { arrivalColumns, namesOf, readable, type Column } from '../event-row.ts';
import { take } from '../locks.ts';
import { inTurn, type InTurn } from './in-turn.ts';

type Any = Arrival | Rejection;

const tenant: Column<Any> = { name: 'tenant_id', type: 'integer', of: ({ tenantId }) => tenantId };
const gap: Column<Any> = {
  name: 'gap_after',
  type: 'bigint',
  of: (arrival) => ('gapAfter' in arrival ? (arrival.gapAfter ?? null) : null),
};

/**
 * Ids rise in the order of commit (../../ports/store.ts):
 *
 * - No row leaves the join before `l` has its row, which it has once the lock is held; and the default of `id` is worked out for a row that
 *   has left the join. So an id is drawn under the lock only.
 * - A transaction lets its locks go after it is visible to all, and after it is safe on disk (CommitTransaction in PostgreSQL's xact.c).
 *   So a higher id is drawn only after every lower one can be seen, and a reader that sees an id sees all lower ones.
 *
 * An id that was drawn in vain leaves a hole and never comes later. All of one act follow each other, and a tenant's in their order: its
 * rows come by `at`. Taking the lock by the same statement keeps this one round trip, and good behind a pooler.
 */
function insertSql(columns: readonly Column<Any>[], parameter: (column: Column<Any>, at: number) => string): string {
  const names = namesOf(columns);
  return `WITH l AS MATERIALIZED (SELECT ${take('events')}),
    stored AS (
      INSERT INTO events (${names})
      SELECT ${names} FROM l, unnest(${columns.map(parameter).join(', ')}) WITH ORDINALITY AS u (${names}, at)
      ORDER BY u.at RETURNING id, tenant_id),
    waits AS (INSERT INTO unsorted SELECT tenant_id, min(id), max(id) FROM stored GROUP BY tenant_id)
    SELECT id FROM stored ORDER BY id`;
}

/** Cannot be in JSON, nor in the name of a hook. */
const separator = '\x1e';

/** Texts that the server takes apart: 7 us of this thread for an event, where arrays take 22. An empty one is NULL. */
const joined = {
  columns: [tenant, ...readable, gap],
  sql: insertSql([tenant, ...readable, gap], ({ type }, at) => `string_to_array($${at + 1}, E'\\x1e', '')::${type}[]`),
  values: (given: readonly Any[], { of }: Column<Any>): unknown => given.map(of).join(separator),
};
const inArrays = {
  columns: [tenant, ...arrivalColumns, gap],
  sql: insertSql([tenant, ...arrivalColumns, gap], ({ type }, at) => `$${at + 1}::${type}[]`),
  values: (given: readonly Any[], { of }: Column<Any>): unknown => given.map(of),
};

/** Tenant by tenant, each in the order in which they came: the events of one tenant in an act are one run of ids, and one row of `unsorted`. */
export function buildAppend({ rows }: Database): InTurn<Any> {
  return inTurn(async (arrivals) => {
    if (arrivals.length === 0) return [];
    const order = [...Map.groupBy(arrivals.entries(), ([, { tenantId }]) => tenantId).values()].flat();
    const given = order.map(([, arrival]) => arrival);
    const { sql, columns, values } = given.every((each) => 'fields' in each) ? joined : inArrays;
    const stored = await rows<{ id: number }>(
      sql,
      columns.map((column) => values(given, column)),
    );
    const ids: number[] = [];
    for (const [place, [at]] of order.entries()) {
      const id = stored[place]?.id;
      // A rule or a trigger of somebody else's. What is not stored is not acknowledged.
      if (id === undefined) throw new Error(`Of ${order.length} events that were given, ${stored.length} were stored.`);
      ids[at] = id;
    }
    return ids;
  });
}
