import { appHandler, type Crash, type InboxStore, type Suspect } from '../../ports/inbox.ts';
import type { Counters } from './count.ts';
import { atOnce, buildLanes } from './lanes.ts';
import { asTransaction, type Database } from '../open-database.ts';

interface Held {
  event_id: number;
  forward_id: number;
  tenant_id: number;
  lane: string;
  crashes: number;
  alone: number;
}

/** The fate of the events that a process held when it ended. */
export function buildLeases(database: Database, counters: Counters): Pick<InboxStore, 'listLeases' | 'releaseLeases'> {
  const list = database.prepare<[], string>('SELECT DISTINCT lease FROM handlings WHERE lease IS NOT NULL').pluck();
  const heldBy = database.prepare<[string], Held>(
    'SELECT event_id, forward_id, tenant_id, lane, crashes, alone FROM handlings WHERE lease = ?',
  );
  const dueNow = database.prepare(
    `UPDATE handlings SET lease = NULL, due_at = ${atOnce}, pause = 0 WHERE event_id = ? AND forward_id = ?`,
  );
  const suspect = database.prepare(
    'UPDATE handlings SET lease = NULL, due_at = ?, pause = ?, crashes = ?, alone = ? WHERE event_id = ? AND forward_id = ?',
  );
  const bury = database.prepare(
    `UPDATE handlings SET state = 'dead', fault = ?, lease = NULL, due_at = NULL, crashes = ?, alone = ? WHERE event_id = ? AND forward_id = ?`,
  );
  const lanes = buildLanes(database);

  function charge(row: Held, onlySuspect: boolean, { now, pauses }: Crash): Suspect {
    const crashes = row.crashes + 1;
    const alone = row.alone + (onlySuspect ? 1 : 0);
    const pause = pauses[alone];
    if (pause === undefined) {
      const fault = `The process ended each of the ${alone} times that this event was the only suspect being handled.`;
      bury.run(fault, crashes, alone, row.event_id, row.forward_id);
      lanes.promote(row.forward_id, row.lane);
      counters.add(row.tenant_id, 'dead');
    } else {
      suspect.run(now + pause, pause, crashes, alone, row.event_id, row.forward_id);
    }
    return { eventId: row.event_id, tenantId: row.tenant_id, crashes, alone, dead: pause === undefined };
  }

  const release = asTransaction(database, (leases: readonly string[], crash: Crash): Suspect[] => {
    counters.reset();
    const held = leases.map((lease) => ({ holder: holderOf(lease), rows: heldBy.all(lease) }));
    const suspects = new Map<string, number>();
    for (const { holder, rows } of held) {
      const more = rows.filter(({ forward_id, crashes }) => forward_id === appHandler && crashes > 0).length;
      suspects.set(holder, (suspects.get(holder) ?? 0) + more);
    }
    const charged = held.flatMap(({ holder, rows }) =>
      rows.flatMap((row) => {
        if (row.forward_id === appHandler) return [charge(row, row.crashes > 0 && suspects.get(holder) === 1, crash)];
        dueNow.run(row.event_id, row.forward_id);
        return [];
      }),
    );
    counters.write();
    return charged;
  });

  return {
    listLeases: async () => list.all(),
    releaseLeases: async (leases, crash) => release(leases, crash),
  };
}

function holderOf(lease: string): string {
  return lease.slice(0, lease.indexOf('/'));
}
