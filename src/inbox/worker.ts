import { hookPath } from '../domain/hook.ts';
import type { Answers } from './answers.ts';
import { attempt, type Outcome } from './attempt.ts';
import { backOff, retryDelay } from './back-off.ts';
import { isGone } from './holder.ts';
import {
  appHandler,
  targetKey,
  type Claimed,
  type ClaimRequest,
  type Ending,
  type Finish,
  type InboxStore,
  type SortedEvent,
  type Unsorted,
} from './inbox-store.ts';
import { buildPace } from './pace.ts';

export interface WorkerLimits {
  /** Handlings under way at the same time: in all, for all forwards together, for one tenant's handler, and for one forward. */
  readonly total: number;
  readonly forwards: number;
  readonly perTarget: number;
  readonly perForward: number;
  /** Milliseconds for one handling. */
  readonly time: number;
  /** Milliseconds between two looks for what another process stored. */
  readonly look: number;
  /** Milliseconds after the first, second, … failed attempt. */
  readonly backOff: readonly number[];
}

export const workerLimits: WorkerLimits = {
  total: 256,
  forwards: 128,
  perTarget: 64,
  perForward: 16,
  time: 30_000,
  look: 1000,
  backOff,
};

/** Events sorted in one transaction: some 5 ms of work, which an answer may have to wait for. */
const sortedAtOnce = 128;
/** A lease outlives the handling by this, in milliseconds, so that it ends only when its holder is stuck or gone. */
const leaseMargin = 30_000;
/** Milliseconds that a stopping process leaves to what is under way, before it gives it back. */
const stopGrace = 3000;

export interface WorkerOptions {
  readonly store: InboxStore;
  readonly answers: Answers;
  /** Names this process: newHolder(). */
  readonly holder: string;
  /** Works out the place of each event (sort-events.ts). */
  readonly sort: (events: readonly Unsorted[]) => Promise<SortedEvent[]>;
  readonly run: (claimed: Claimed, signal: AbortSignal) => Promise<Outcome>;
  /** How many arrivals there were so far: while they keep coming, the worker leaves them most of the time. */
  readonly arrivals: () => number;
  /** Called after each step that sorted or noted anything, with how many events it sorted. */
  readonly onStep?: (sorted: number) => void;
  readonly now: () => number;
  readonly random: () => number;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  readonly limits?: WorkerLimits;
}

export interface Worker {
  /** Something new may be there: look now. */
  nudge(): void;
  /**
   * Ends when what is under way has been given back or noted. With a cause, an error that may come of what is under way: that keeps its
   * lease, and counts as after a crash.
   */
  stop(cause?: Error): Promise<void>;
}

/**
 * Sorts what arrived, notes what has ended, and takes what is due: one transaction for many events at once. Any number of workers may run
 * on one database. What a crash leaves under a lease falls due when the lease ends, or at once when its process is known to be gone.
 */
export function startWorker(options: WorkerOptions): Worker {
  const { store, answers, holder, now, log, limits = workerLimits } = options;
  const stopping = new AbortController();
  const busy = new Map<string, number>();
  const endings: Finish[] = [];
  const pace = buildPace(options.arrivals);
  let running = 0;
  let forwarding = 0;
  let leases = 0;
  let stopped = false;
  /** The process ends because of an error. */
  let guilty = false;

  function claimRequest(at: number): ClaimRequest | undefined {
    if (stopped || running >= limits.total) return undefined;
    leases += 1;
    const room = {
      total: limits.total - running,
      forwards: limits.forwards - forwarding,
      perTarget: limits.perTarget,
      perForward: limits.perForward,
      busy,
    };
    return { now: at, until: at + limits.time + leaseMargin, lease: `${holder}/${leases}`, room };
  }

  async function carry(claimed: Claimed): Promise<void> {
    const target = targetKey(claimed.event.tenantId, claimed.forwardId);
    const isForward = claimed.forwardId !== appHandler;
    running += 1;
    if (isForward) forwarding += 1;
    busy.set(target, (busy.get(target) ?? 0) + 1);
    // Each claim counts, also one that a crash ended: what kills its process every time must not do so for ever.
    const outcome: Outcome | 'stopped' =
      claimed.attempt > limits.backOff.length + 1
        ? { kind: 'failed', fault: 'The process ended in the middle of it each time.' }
        : await attempt(claimed, options.run, limits.time, stopping.signal);
    if (outcome !== 'stopped') endings.push({ claimed, ending: toEnding(claimed, outcome) });
    else if (!guilty) endings.push({ claimed, ending: { kind: 'returned' } });
    running -= 1;
    if (isForward) forwarding -= 1;
    const left = (busy.get(target) ?? 1) - 1;
    if (left === 0) busy.delete(target);
    else busy.set(target, left);
    pace.nudge();
  }

  function toEnding(claimed: Claimed, outcome: Outcome): Ending {
    if (outcome.kind === 'handled') return outcome;
    const { fault } = outcome;
    const { event, forwardId, attempt: tries } = claimed;
    const about = {
      tenant: event.tenantId,
      hook: hookPath(event),
      event: event.id,
      forward: forwardId,
      attempt: tries,
      fault,
    };
    if (outcome.kind === 'postponed') {
      log.warn({ ...about, again: outcome.after }, 'attempt failed: not counted');
      return { kind: 'postponed', fault, dueAt: now() + outcome.after };
    }
    if (outcome.kind === 'held') {
      log.warn(about, 'attempt failed: held until its forward is resumed');
      return outcome;
    }
    const delay = retryDelay(claimed.attempt, options.random, outcome.retryAfter, limits.backOff);
    if (delay === undefined) log.error(about, 'event is dead: the last attempt failed');
    else log.warn({ ...about, again: delay }, 'attempt failed');
    const ending = { fault, ...(outcome.posted && { posted: outcome.posted }) };
    return delay === undefined ? { kind: 'dead', ...ending } : { kind: 'retry', ...ending, dueAt: now() + delay };
  }

  /** One step: what arrived, what has ended, and what is due, in one transaction. True when there was anything to do. */
  async function advance(): Promise<boolean> {
    const at = now();
    const { after, events } = await store.listUnsorted(sortedAtOnce);
    const sorted = { after, events: await options.sort(events) };
    const finishes = endings.slice();
    const { claimed, lost } = await store.advance({ now: at, finishes, sorted, claim: claimRequest(at) });
    endings.splice(0, finishes.length);
    if (events.length + finishes.length > 0) options.onStep?.(events.length);
    for (const one of claimed) void carry(one);
    for (const { claimed: one, ending } of finishes)
      if (one.forwardId === appHandler) answers.settle(one.event.id, ending);
    for (const { claimed: one } of lost) {
      const about = { tenant: one.event.tenantId, event: one.event.id, forward: one.forwardId };
      log.warn(about, 'lease lost: what came of this attempt is not noted');
    }
    await answers.sorted(events.map(({ id }) => id));
    return events.length + finishes.length + claimed.length > 0;
  }

  async function turn(): Promise<void> {
    const began = performance.now();
    const at = now();
    if (await advance()) await pace.rest(performance.now() - began);
    else {
      // What was due and not claimed has no room now: room is made by an ending, which nudges.
      const due = await store.nextDue(at);
      await pace.sleep(Math.min(limits.look, Math.max(1, (due ?? Infinity) - now())));
    }
  }

  async function work(): Promise<void> {
    let released = false;
    while (!stopped) {
      try {
        // In here, since a store that is full at the start may have room later.
        if (!released) await store.releaseLeases((other) => isGone(other, holder), now());
        released = true;
        await turn();
      } catch (error) {
        log.error({ err: error }, 'inbox: the store failed; trying again');
        await pace.sleep(limits.look);
      }
    }
  }

  const working = work();

  return {
    nudge: pace.nudge,
    async stop(cause) {
      stopped = true;
      guilty = cause !== undefined;
      pace.nudge();
      await working;
      const grace = setTimeout(() => {
        stopping.abort();
      }, stopGrace);
      while (running > 0) await pace.sleep(limits.look);
      clearTimeout(grace);
      await advance();
    },
  };
}
