import { retryDelay } from './back-off.ts';
import type { WorkerState } from './worker-state.ts';

/** Ends of the process, with an event as the only suspect under way, after which it is dead. */
const mostAlone = 3;

/** Releases the leases of ended processes. At the start, and then regularly: other processes may end while this one lives. */
export async function releaseLeases(worker: WorkerState, over: readonly string[]): Promise<void> {
  if (over.length === 0) return;
  const { store, log, now } = worker;
  const pauses = Array.from({ length: mostAlone }, (_, alone) => pauseAfter(alone, worker));
  for (const one of await store.releaseLeases(over, { now: now(), pauses })) {
    const about = { tenant: one.tenantId, event: one.eventId, crashes: one.crashes, alone: one.alone };
    if (one.dead) log.error(about, 'event is dead: the process ended each time that it was handled alone');
    else log.warn(about, 'the process ended while this event was being handled: it is tried again by itself');
  }
}

/**
 * Of this process's own leases, those under which nothing is handled and no ending waits to be noted: their claim was committed, although
 * its answer got lost.
 */
export function forgottenLeases({ holder, underWay, endings }: WorkerState, leases: readonly string[]): string[] {
  const noted = new Set(endings.map(({ claimed: { lease } }) => lease));
  return leases.filter((lease) => lease.startsWith(`${holder}/`) && !underWay.has(lease) && !noted.has(lease));
}

/**
 * 10 minutes and an hour after an end that only this event may have caused; events that were merely under way too do not wait so long.
 * Otherwise kills every few seconds (a start that fails, a machine without memory) would meet one slow event three times: of 11,000
 * events in 100 kills within three minutes 4 were dead, with pauses of 30 seconds and 2 minutes.
 */
function pauseAfter(alone: number, { random, limits }: WorkerState): number {
  const step = Math.min(alone === 0 ? 1 : alone + 3, limits.backOff.length);
  return retryDelay(step, random, 0, limits.backOff) ?? 0;
}
