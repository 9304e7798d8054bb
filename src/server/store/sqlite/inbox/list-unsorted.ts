import type { Unsorted } from '../../ports/inbox.ts';
import { headColumns, headOf, type HeadRow } from '../event-row.ts';
import type { Database } from '../open-database.ts';
import { asReading, buildReadText, type StoredText } from '../read-text.ts';
import type { UnsortedRuns } from './unsorted.ts';

interface EventRow extends HeadRow {
  gap_after: number | null;
}

/** Characters of events that are sorted in one step, some 10 ms, the last event beyond it. */
const mostAtOnce = 2 ** 20;
/** Events and characters of a tenant after which it is the next one's turn. */
const visit = { events: 16, size: 128 * 1024 };

/**
 * The events to sort next: goes around the tenants that have events waiting, beginning after the last one that was asked, and takes a
 * few events of each. A tenant with a million waiting gets the rest of the step, if nobody else has any.
 */
export function buildListUnsorted(database: Database, runs: UnsortedRuns): (limit: number) => Unsorted[] {
  const find = database.prepare<[number], EventRow>(`SELECT ${headColumns}, e.gap_after FROM events e WHERE e.id = ?`);
  const readText = buildReadText(database);
  let asked = 0;

  function* around(): Generator<number> {
    const start = asked;
    for (let at = runs.nextTenant(start); at !== undefined; at = runs.nextTenant(at)) yield at;
    for (let at = runs.nextTenant(0); at !== undefined && at <= start; at = runs.nextTenant(at)) yield at;
  }
  /** Of one tenant, in order, each time from where it was. */
  function* eventsOf(tenantId: number): Generator<Unsorted> {
    for (let run = runs.nextRun(tenantId, 0); run !== undefined; run = runs.nextRun(tenantId, run.last_id + 1))
      for (let id = run.first_id; id <= run.last_id; id += 1) {
        const row = find.get(id);
        // One that is gone, by hand, is passed like a rejected POST.
        yield row
          ? readUnsorted(row, readText(id))
          : { id, tenantId, modcode: '', hook: '', receivedAt: 0, fields: undefined };
      }
  }

  return asReading(database, (limit: number): Unsorted[] => {
    const events: Unsorted[] = [];
    let size = 0;
    const isFull = (): boolean => events.length >= limit || size >= mostAtOnce;
    /** False when there is no more of it. */
    function take(source: Generator<Unsorted>): boolean {
      const end = { events: events.length + visit.events, size: size + visit.size };
      while (!isFull() && events.length < end.events && size < end.size) {
        const next = source.next();
        if (next.done === true) return false;
        events.push(next.value);
        size += next.value.fields?.length ?? 0;
      }
      return true;
    }

    let more: Generator<Unsorted>[] = [];
    for (const tenantId of around()) {
      asked = tenantId;
      const source = eventsOf(tenantId);
      if (take(source)) more.push(source);
      if (isFull()) return events;
    }
    while (more.length > 0 && !isFull()) more = more.filter(take);
    return events;
  });
}

function readUnsorted(row: EventRow, stored: StoredText | undefined): Unsorted {
  return {
    ...headOf(row),
    fields: stored?.text,
    ...(stored?.unreadable !== undefined && { unreadable: stored.unreadable }),
    ...(row.gap_after !== null && { gapAfter: row.gap_after }),
  };
}
