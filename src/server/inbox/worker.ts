import { hookPath } from '../../microbizz/domain/hook.ts';
import type { Answers } from './answers.ts';
import { attempt, type Outcome } from './attempt.ts';
import { backOff, retryDelay } from './back-off.ts';
import {
  appHandler,
  type Claimed,
  type ClaimRequest,
  type Ending,
  type Finish,
  type InboxStore,
  type SortedEvent,
  type Unsorted,
  type Wait,
} from './inbox-store.ts';
import { buildPace } from './pace.ts';
import { buildShares, type ShareLimits } from './shares.ts';
import { buildLeaseWatch } from './watch-leases.ts';

export interface WorkerLimits extends ShareLimits {
  /** Events of one tenant that may wait to be sorted: beyond it no more of its are taken. */
  readonly unsorted: number;
  /** Milliseconds for one handling. */
  readonly time: number;
  /** Milliseconds between two looks for what another process stored. */
  readonly look: number;
  /** Milliseconds after the first, second, … failed attempt. */
  readonly backOff: readonly number[];
}

export const workerLimits: WorkerLimits = {
  perTarget: 64,
  forwards: 64,
  perForward: 16,
  suspects: 16,
  step: 256,
  stepBytes: 2 * 2 ** 20,
  bytes: 32 * 2 ** 20,
  tenantBytes: 16 * 2 ** 20,
  unsorted: 1_000_000,
  time: 30_000,
  look: 1000,
  backOff,
};

/** Events sorted in one transaction: some 5 ms of work, which an answer may have to wait for. */
const sortedAtOnce = 128;
/** Milliseconds that another process' lease is left after the longest handling: it is only over when its holder is stuck or gone. */
const leaseMargin = 30_000;
/** Ends of the process, with an event as the only suspect under way, after which it is dead. */
const mostAlone = 3;
/** Events of one lane that follow each other without a step, and milliseconds that each may take. */
const run = { events: 64, time: 50 };
/** Milliseconds by which a clock may fall back unnoticed. */
const clockSlack = 1000;
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
  /** Milliseconds of a clock that only rises; performance.now when left out. */
  readonly elapsed?: () => number;
  /** Until when a tenant's Microbizz is left alone, by `now`: its handlers are not begun before. */
  readonly restsUntil?: (tenantId: number) => number | undefined;
  readonly random: () => number;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  readonly limits?: WorkerLimits;
}

export interface Worker {
  /** Something new may be there: look now. */
  nudge(): void;
  /**
   * Ends when what is under way has been given back or noted. With a `cause`, an error that the process ends of: then what the app was
   * handling may be what brought it about, and is a suspect like after a crash.
   */
  stop(cause?: Error): Promise<void>;
}

/**
 * Sorts what arrived, notes what has ended, and takes what is due: one transaction for many events at once. Any number of workers may run
 * on one database. What a crash leaves under a lease is taken up again when the lease's process is gone (watch-leases.ts).
 */
export function startWorker(options: WorkerOptions): Worker {
  const { store, answers, holder, now, log, limits = workerLimits, elapsed = () => performance.now() } = options;
  const stopping = new AbortController();
  const endings: Finish[] = [];
  const pace = buildPace(options.arrivals);
  const shares = buildShares(limits, (tenantId) => (options.restsUntil?.(tenantId) ?? 0) > now());
  const overLeases = buildLeaseWatch(holder, { elapsed, longest: limits.time + leaseMargin });
  let running = 0;
  let leases = 0;
  let stopped = false;
  /** The process ends because of an error. */
  let guilty = false;

  function claimRequest(at: number): ClaimRequest | undefined {
    if (stopped) return undefined;
    leases += 1;
    return { now: at, lease: `${holder}/${leases}`, room: shares.room() };
  }

  /** Handles one event, and those behind it in its lane while they take no time. */
  async function carry(first: Claimed): Promise<void> {
    running += 1;
    let claimed: Claimed | undefined = first;
    for (let number = 1; claimed !== undefined; number += 1) {
      shares.begin(claimed);
      const began = elapsed();
      const outcome: Outcome | 'stopped' =
        claimed.unreadable === undefined
          ? await attempt(claimed, options.run, limits.time, stopping.signal)
          : { kind: 'failed', fault: claimed.unreadable };
      const ms = elapsed() - began;
      shares.end(claimed, { done: outcome !== 'stopped' && outcome.kind === 'handled', ms });
      claimed = await endOne(claimed, outcome, ms < run.time && number < run.events);
    }
    running -= 1;
    pace.nudge();
  }

  /** Leaves the ending to the next step; or notes it, and takes the next of its lane. */
  async function endOne(claimed: Claimed, outcome: Outcome | 'stopped', quick: boolean): Promise<Claimed | undefined> {
    if (outcome === 'stopped') {
      // Left under its lease: releaseSuspects takes it from there.
      if (!guilty || claimed.forwardId !== appHandler) endings.push({ claimed, ending: { kind: 'returned' } });
      return undefined;
    }
    const finish = { claimed, ending: toEnding(claimed, outcome) };
    if (quick && claimed.more && outcome.kind === 'handled' && !stopped) {
      // Between two of them everybody else has a turn.
      await new Promise((resolve) => setImmediate(resolve));
      try {
        const { lost, next } = await store.follow(finish, now());
        tell([finish], lost ? [finish] : []);
        return next;
      } catch (err) {
        log.error({ err }, 'inbox: the store failed; trying again');
      }
    }
    endings.push(finish);
    return undefined;
  }

  function waitFor(pause: number): Wait {
    return { dueAt: now() + pause, pause };
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
      return { kind: 'postponed', fault, ...waitFor(outcome.after) };
    }
    if (outcome.kind === 'held') {
      log.warn(about, 'attempt failed: held until its forward is resumed');
      return outcome;
    }
    // What cannot be read today cannot be read tomorrow: those behind it do not wait for that.
    const delay =
      claimed.unreadable === undefined
        ? retryDelay(claimed.attempt, options.random, outcome.retryAfter, limits.backOff)
        : undefined;
    if (delay === undefined) log.error(about, 'event is dead: the last attempt failed');
    else log.warn({ ...about, again: delay }, 'attempt failed');
    const ending = { fault, ...(outcome.posted && { posted: outcome.posted }) };
    return delay === undefined ? { kind: 'dead', ...ending } : { kind: 'retry', ...ending, ...waitFor(delay) };
  }

  /** Who waits for an ending hears of it, and the log of what could not be noted. */
  function tell(finishes: readonly Finish[], lost: readonly Finish[]): void {
    for (const { claimed, ending } of finishes)
      if (claimed.forwardId === appHandler) answers.settle(claimed.event.id, ending);
    for (const { claimed } of lost) {
      const about = { tenant: claimed.event.tenantId, event: claimed.event.id, forward: claimed.forwardId };
      log.warn(about, 'lease lost: what came of this attempt is not noted');
    }
  }

  /** One step: what arrived, what has ended, and what is due, in one transaction. True when there was anything to do. */
  async function advance(): Promise<boolean> {
    const at = now();
    const events = await store.listUnsorted(sortedAtOnce);
    const sorted = await options.sort(events);
    const finishes = endings.slice();
    const { claimed, cut, lost } = await store.advance({ now: at, finishes, sorted, claim: claimRequest(at) });
    endings.splice(0, finishes.length);
    if (events.length + finishes.length > 0) options.onStep?.(events.length);
    for (const one of claimed) void carry(one);
    tell(finishes, lost);
    await answers.sorted(events.map(({ id }) => id));
    return events.length + finishes.length + claimed.length > 0 || cut;
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

  /** What ended processes have left. At the start, and then now and again: other processes may end while this one lives. */
  async function release(over: readonly string[]): Promise<void> {
    if (over.length === 0) return;
    // 10 minutes and an hour after an end that it alone may have brought about; what only was there as well does not wait for that. Whoever
    // kills the process every few seconds (a start that fails, a machine without memory) else meets one slow event three times: of 11,000
    // events in 100 kills within three minutes 4 were dead, with pauses of 30 seconds and 2 minutes.
    const pause = (alone: number): number => {
      const step = Math.min(alone === 0 ? 1 : alone + 3, limits.backOff.length);
      return retryDelay(step, options.random, 0, limits.backOff) ?? 0;
    };
    for (const one of await store.releaseLeases(over, { now: now(), mostAlone, pause })) {
      const about = { tenant: one.tenantId, event: one.eventId, crashes: one.crashes, alone: one.alone };
      if (one.dead) log.error(about, 'event is dead: the process ended each time that it was handled alone');
      else log.warn(about, 'the process ended while this event was being handled: it is tried again by itself');
    }
  }

  let clock = now();
  /** A clock that was set back, while this process ran or before: what waits does not wait for it. */
  async function watchClock(begun: boolean): Promise<void> {
    const at = now();
    if (!begun || at < clock - clockSlack) await store.setBack(at, begun ? clock - at : 0);
    clock = at;
  }

  async function work(): Promise<void> {
    let begun = false;
    let looked = 0;
    while (!stopped) {
      try {
        // In here, since a store that is full at the start may have room later.
        await watchClock(begun);
        if (!begun || elapsed() - looked >= limits.look) {
          await release(overLeases(await store.listLeases()));
          looked = elapsed();
        }
        begun = true;
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
      if (guilty) await release((await store.listLeases()).filter((lease) => lease.startsWith(`${holder}/`)));
    },
  };
}
