import { setImmediate } from 'node:timers/promises';
import { readFields } from '../../microbizz/domain/event.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import type { SortedEvent, Unsorted } from '../store/ports/inbox.ts';
import { sortEvent } from './sort-event.ts';

/** Milliseconds of work after which others get their turn. */
const turnLength = 5;

export interface SortOptions {
  /** Sorts one event; a large one on another thread. */
  readonly sort: (event: Unsorted) => Promise<Omit<SortedEvent, 'handler'>>;
  /** False for hooks that the app only stores. */
  readonly hasHandler: (hook: HookName) => boolean;
  readonly log: { error(fields: object, message: string): void };
}

/** Sorts events in their order, with a turn for others in between. */
export function buildSortEvents({ sort, hasHandler, log }: SortOptions) {
  async function sortOne(event: Unsorted): Promise<Omit<SortedEvent, 'handler'>> {
    if (event.unreadable !== undefined) return setAside(event, event.unreadable);
    try {
      // Once more: a machine that slept may have made the first one last too long.
      return await sort(event).catch(() => sort(event));
    } catch (err) {
      const { unreadable } = readFields(event.fields ?? '{}');
      if (unreadable !== undefined) return setAside(event, unreadable);
      log.error(
        { err, tenant: event.tenantId, event: event.id },
        'event could not be read: it is kept as text, of no object',
      );
      return sortEvent({ ...event, fields: JSON.stringify({ unread: event.fields ?? '' }) });
    }
  }

  /** In nobody's way: the events behind it go on. */
  function setAside(event: Unsorted, unreadable: string): Omit<SortedEvent, 'handler'> {
    const about = { tenant: event.tenantId, event: event.id, fault: unreadable };
    log.error(about, 'event is dead: it cannot be read, and is set aside');
    return { ...sortEvent({ ...event, fields: '{}' }), unreadable };
  }

  return async (events: readonly Unsorted[]): Promise<SortedEvent[]> => {
    const sorted: SortedEvent[] = [];
    let began = performance.now();
    for (const event of events) {
      sorted.push({ ...(await sortOne(event)), handler: hasHandler(event) });
      if (performance.now() - began < turnLength) continue;
      await setImmediate();
      began = performance.now();
    }
    return sorted;
  };
}
