import { appHandler, type Crash, type Suspect } from '../../ports/inbox.ts';
import type { Transaction } from '../database.ts';
import { newCounters, type Counters } from './count.ts';
import { atOnce, endHandlings } from './lanes.ts';

interface Held {
  tenant_id: number;
  event_id: number;
  forward_id: number;
  lease: string;
  crashes: number;
  alone: number;
}

type Charged = Suspect & { readonly lease: string; readonly pause: number };

/** The fate of the events that a process held when it ended. */
export async function releaseLeases(
  transaction: Transaction,
  leases: readonly string[],
  crash: Crash,
): Promise<Suspect[]> {
  if (leases.length === 0) return [];
  const held = await transaction.rows<Held>(
    'SELECT tenant_id, event_id, forward_id, lease, crashes, alone FROM work WHERE lease = ANY ($1::text[]) ORDER BY event_id',
    [leases],
  );
  if (held.length === 0) return [];
  transaction.tell('steps');
  await transaction.run(
    `UPDATE work SET lease = NULL, due_at = ${atOnce}, pause = 0 WHERE lease = ANY ($1::text[]) AND forward_id <> ${appHandler}`,
    [leases],
  );
  const own = held.filter(({ forward_id }) => forward_id === appHandler);
  const suspects = Map.groupBy(
    own.filter(({ crashes }) => crashes > 0),
    ({ lease }) => holderOf(lease),
  );
  const charged = own.map((row) =>
    charge(row, row.crashes > 0 && suspects.get(holderOf(row.lease))?.length === 1, crash),
  );
  const counters = newCounters();
  await bury(
    transaction,
    counters,
    charged.filter(({ dead }) => dead),
  );
  await postpone(
    transaction,
    charged.filter(({ dead }) => !dead),
    crash.now,
  );
  await counters.write(transaction);
  return charged.map(({ eventId, tenantId, crashes, alone, dead }) => ({ eventId, tenantId, crashes, alone, dead }));
}

function charge(row: Held, onlySuspect: boolean, { pauses }: Crash): Charged {
  const { event_id: eventId, tenant_id: tenantId, lease } = row;
  const alone = row.alone + (onlySuspect ? 1 : 0);
  const pause = pauses[alone];
  return { eventId, tenantId, lease, crashes: row.crashes + 1, alone, dead: pause === undefined, pause: pause ?? 0 };
}

async function bury(transaction: Transaction, counters: Counters, dead: readonly Charged[]): Promise<void> {
  for (const { tenantId } of dead) counters.add(tenantId, 'dead');
  await endHandlings(
    transaction,
    dead.map(({ tenantId, eventId, lease, crashes, alone }) => ({
      tenantId,
      eventId,
      lease,
      crashes,
      forwardId: appHandler,
      state: 'dead',
      fault: `The process ended each of the ${alone} times that this event was the only suspect being handled.`,
    })),
  );
}

async function postpone({ run }: Transaction, waiting: readonly Charged[], now: number): Promise<void> {
  if (waiting.length === 0) return;
  await run(
    `UPDATE work w SET lease = NULL, due_at = $1 + c.pause, pause = c.pause, crashes = c.crashes, alone = c.alone
     FROM unnest($2::int[], $3::bigint[], $4::bigint[], $5::int[], $6::int[]) AS c (tenant_id, event_id, pause, crashes, alone)
     WHERE w.tenant_id = c.tenant_id AND w.event_id = c.event_id AND w.forward_id = ${appHandler}`,
    [
      now,
      waiting.map(({ tenantId }) => tenantId),
      waiting.map(({ eventId }) => eventId),
      waiting.map(({ pause }) => pause),
      waiting.map(({ crashes }) => crashes),
      waiting.map(({ alone }) => alone),
    ],
  );
}

function holderOf(lease: string): string {
  return lease.slice(0, lease.indexOf('/'));
}
