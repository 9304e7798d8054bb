import type { Answers } from './answers.ts';
import type { Outcome } from './attempt.ts';
import { backOff } from './back-off.ts';
import type { Claimed, Finish, InboxStore, SortedEvent, Unsorted } from '../store/ports/inbox.ts';
import { buildWaker, type Waker } from '../waker.ts';
import { buildShares, type ShareLimits, type Shares } from './shares.ts';

export interface WorkerLimits extends ShareLimits {
  /** Events of one tenant that may wait to be sorted: beyond that, its events are refused. */
  readonly unsorted: number;
  /** Milliseconds for one handling. */
  readonly time: number;
  /** Milliseconds between two checks for events that another process stored. */
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

export interface WorkerOptions {
  readonly store: InboxStore;
  readonly answers: Answers;
  /** Names this process: newHolder(). */
  readonly holder: string;
  /** Works out the place of each event (sort-events.ts). */
  readonly sort: (events: readonly Unsorted[]) => Promise<SortedEvent[]>;
  readonly run: (claimed: Claimed, signal: AbortSignal) => Promise<Outcome>;
  /** How many arrivals there were so far. */
  readonly arrivals: () => number;
  /** Called after each step that sorted anything. */
  readonly onSorted?: (() => void) | undefined;
  readonly now: () => number;
  /** Milliseconds of a clock that only rises; performance.now when left out. */
  readonly elapsed?: () => number;
  /** Tenants whose Microbizz is left alone now: their handlers are not begun. */
  readonly resting?: () => readonly number[];
  readonly random: () => number;
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void };
  readonly limits?: WorkerLimits;
}

/** All that a worker knows: its functions (worker.ts, carry.ts, release-leases.ts) get it, and keep nothing. */
export interface WorkerState extends WorkerOptions {
  readonly elapsed: () => number;
  readonly limits: WorkerLimits;
  readonly waker: Waker;
  readonly shares: Shares;
  /** Endings, for the next step to note. */
  readonly endings: Finish[];
  /** Aborted when the handlings under way have had their time to end. */
  readonly stopping: AbortController;
  readonly resting: () => readonly number[];
  /** Arrivals before the last step. */
  seen: number;
  /** Lanes under way, by the lease of the events handled in them. */
  readonly underWay: Map<string, number>;
  /** Claims so far. */
  leases: number;
  stopped: boolean;
  /** The process ends because of an error. */
  guilty: boolean;
  /** The time of the last turn, by `now`. */
  clock: number;
}

export function newWorkerState(options: WorkerOptions): WorkerState {
  const { now, resting = () => [], limits = workerLimits, elapsed = () => performance.now() } = options;
  return {
    ...options,
    elapsed,
    limits,
    waker: buildWaker(),
    resting,
    shares: buildShares(limits),
    endings: [],
    stopping: new AbortController(),
    seen: 0,
    underWay: new Map(),
    leases: 0,
    stopped: false,
    guilty: false,
    clock: now(),
  };
}
