import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { carry, tell } from './carry.ts';
import type { ClaimRequest } from '../store/ports/inbox.ts';
import { forgottenLeases, releaseLeases } from './release-leases.ts';
import { buildLeaseWatch } from './watch-leases.ts';
import { newWorkerState, type WorkerOptions, type WorkerState } from './worker-state.ts';

/** Events sorted in one transaction: some 5 ms of work, which an answer may have to wait for. */
const sortedAtOnce = 128;
/** While arrivals keep coming, a step leaves them this many milliseconds, and this many times as long as it took: waiting events are safe on disk. */
const company = 10;
const share = 2;
/** Milliseconds that another process's lease is left after the longest handling: it runs out only when its holder is stuck or gone. */
const leaseMargin = 30_000;
/** Milliseconds by which a clock may fall back unnoticed. */
const clockSlack = 1000;
/** Milliseconds that a stopping process leaves to the handlings under way, before it gives them back. */
const stopGrace = 3000;

export interface Worker {
  /** Something new may be there: look now. */
  nudge(): void;
  /**
   * Resolves when every handling under way has been given back or noted. With a `cause`, an error that ends the process: then the events that
   * the app was handling may have caused it, and are suspects as after a crash.
   */
  stop(cause?: Error): Promise<void>;
}

/**
 * Sorts arrivals, notes endings, and claims due events: one transaction for many events at once. Any number of workers may run
 * on one database. Events that a crash leaves under a lease are claimed again when the lease's process is gone (watch-leases.ts).
 */
export function startWorker(options: WorkerOptions): Worker {
  const worker = newWorkerState(options);
  const working = work(worker);
  return {
    nudge: worker.waker.nudge,
    async stop(cause) {
      worker.stopped = true;
      worker.guilty = cause !== undefined;
      worker.waker.nudge();
      await working;
      await giveBack(worker);
    },
  };
}

async function work(worker: WorkerState): Promise<void> {
  const { store, elapsed, limits, waker, log } = worker;
  const overLeases = buildLeaseWatch(worker.holder, { elapsed, longest: limits.time + leaseMargin });
  let begun = false;
  let looked = 0;
  while (!worker.stopped) {
    try {
      // In here, because a store that is full at the start may have room later.
      await watchClock(worker, begun);
      if (!begun || elapsed() - looked >= limits.look) {
        const leases = await store.listLeases();
        await releaseLeases(worker, [...overLeases(leases), ...forgottenLeases(worker, leases)]);
        looked = elapsed();
      }
      begun = true;
      await turn(worker);
    } catch (error) {
      log.error({ err: error }, 'inbox: the store failed; trying again');
      await waker.sleep(limits.look);
    }
  }
}

/** A clock that was set back, while this process ran or before: waiting events do not wait for it. */
async function watchClock(worker: WorkerState, begun: boolean): Promise<void> {
  const at = worker.now();
  if (!begun || at < worker.clock - clockSlack) await worker.store.setBack(at, begun ? worker.clock - at : 0);
  worker.clock = at;
}

async function turn(worker: WorkerState): Promise<void> {
  const { store, now, waker, limits, arrivals } = worker;
  const at = now();
  const began = performance.now();
  const coming = arrivals() !== worker.seen;
  worker.seen = arrivals();
  if (await advance(worker))
    await (coming ? delay(Math.max(company, share * (performance.now() - began))) : setImmediate());
  else {
    // An event that was due and not claimed has no room now: room is made by an ending, which nudges.
    const due = await store.nextDue(at);
    await waker.sleep(Math.min(limits.look, Math.max(1, (due ?? Infinity) - now())));
  }
}

/** One step: arrivals, endings, and due events, in one transaction. True when there was anything to do. */
async function advance(worker: WorkerState): Promise<boolean> {
  const { store, answers, endings } = worker;
  const at = worker.now();
  const events = await store.listUnsorted(sortedAtOnce);
  const sorted = await worker.sort(events);
  const finishes = endings.slice();
  const { claimed, cut, lost } = await store.advance({ now: at, finishes, sorted, claim: claimRequest(worker, at) });
  endings.splice(0, finishes.length);
  if (events.length > 0) worker.onSorted?.();
  for (const one of claimed) void carry(worker, one);
  tell(worker, finishes, lost);
  await answers.sorted(events.map(({ id }) => id));
  return events.length + finishes.length + claimed.length > 0 || cut;
}

function claimRequest(worker: WorkerState, at: number): ClaimRequest | undefined {
  if (worker.stopped) return undefined;
  worker.leases += 1;
  return { now: at, lease: `${worker.holder}/${worker.leases}`, room: worker.shares.room(worker.resting()) };
}

/** After the last turn: handlings under way may end, and those that do not are given back. */
async function giveBack(worker: WorkerState): Promise<void> {
  const { store, waker, limits, holder } = worker;
  const grace = setTimeout(() => {
    worker.stopping.abort();
  }, stopGrace);
  while (worker.underWay.size > 0) await waker.sleep(limits.look);
  clearTimeout(grace);
  await advance(worker);
  if (worker.guilty)
    await releaseLeases(
      worker,
      (await store.listLeases()).filter((lease) => lease.startsWith(`${holder}/`)),
    );
}
