import type { Arrival, Fields, Rejection, StoredEvent } from '../domain/event.ts';

/** 0 in place of a forward's id: the app's own handler. */
export const appHandler = 0;

/** An event as it lies in the store: its fields are read where they are sorted, which for a large one is another thread. */
export interface Unsorted extends Omit<StoredEvent, 'fields'> {
  /** JSON; undefined for a rejected POST. */
  readonly fields: string | undefined;
}

/** An event with all that its handling needs to know, worked out off the path of the answer (sort-event.ts). */
export interface SortedEvent {
  readonly id: number;
  readonly tenantId: number;
  readonly modcode: string;
  readonly hook: string;
  readonly receivedAt: number;
  /** A rejected POST: counted, and nothing else. */
  readonly rejected: boolean;
  /** Empty when the event names no object. */
  readonly objectId: string;
  readonly lane: string;
  /** Of the whole content: equal to the latest one of its object and hook means the same change told again. */
  readonly hash: Uint8Array;
  /** False when the app has nothing to do for this hook: the event is handled by being stored. */
  readonly handler: boolean;
  /** Of an event that the gap filler made: the last event that there was when Microbizz was asked. */
  readonly gapAfter?: number;
}

/**
 * What a claim may take: `total` in all, `forwards` of them for forwards, and for one tenant's handler what `perTarget`, for one forward
 * what `perForward` leaves beside its `busy` ones. A forward that fails gets one at a time: a dead destination holds each attempt until
 * it times out. What is left out sets no limit of its own.
 */
export interface Room {
  readonly total: number;
  readonly forwards?: number;
  readonly perTarget: number;
  readonly perForward?: number;
  readonly busy: ReadonlyMap<string, number>;
}

/** How `Room.busy` names a target. */
export function targetKey(tenantId: number, forwardId: number): string {
  return `${tenantId}/${forwardId}`;
}

export interface ClaimRequest {
  readonly now: number;
  readonly until: number;
  /** Unique to this claim. Only its holder may finish what it took. */
  readonly lease: string;
  readonly room: Room;
}

/** One event on its way to one target, taken under a lease. */
export interface Claimed {
  readonly event: StoredEvent;
  readonly forwardId: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly lease: string;
  readonly objectId: string;
  /** The fields of the event before this one, of the same object and hook. */
  readonly previous: Fields | undefined;
}

/** How a destination took an attempt: HTTP status, missing when no answer came, and how long that took. */
export interface AttemptPosted {
  readonly status?: number;
  readonly ms: number;
}

/** `posted`: of an attempt to forward. Missing when the attempt never came that far, or was given up. */
export type Ending =
  | { readonly kind: 'handled'; readonly refusal?: string; readonly posted?: AttemptPosted }
  | { readonly kind: 'retry'; readonly dueAt: number; readonly fault: string; readonly posted?: AttemptPosted }
  | { readonly kind: 'dead'; readonly fault: string; readonly posted?: AttemptPosted }
  /** Its forward was paused: it stays first of its lane, and is tried again when the forward is resumed. */
  | { readonly kind: 'held'; readonly fault: string; readonly posted?: AttemptPosted }
  /** Tried again later; does not count as an attempt. */
  | { readonly kind: 'postponed'; readonly dueAt: number; readonly fault: string }
  /** Given back untouched, since the process stops: does not count as an attempt. */
  | { readonly kind: 'returned' };

export interface Finish {
  readonly claimed: Claimed;
  readonly ending: Ending;
}

export interface WorkStep {
  readonly now: number;
  /** Ends or postpones what was claimed. */
  readonly finishes?: readonly Finish[];
  /** Puts events into their lanes and marks duplicates; not done when another process has sorted beyond `after`. */
  readonly sorted?: { readonly after: number; readonly events: readonly SortedEvent[] };
  /** Takes what is due, at most one event of a lane: leases it until `until`, when it falls due again by itself. */
  readonly claim?: ClaimRequest | undefined;
}

export interface WorkDone {
  readonly claimed: Claimed[];
  /** Those whose lease was lost, for which nothing was done. */
  readonly lost: Finish[];
}

/** Events until they are handled. One act a method; an act that rejects has changed nothing. */
export interface InboxStore {
  /** Stores all of them or none, and resolves when they are safe on disk, with the id of each. */
  append(arrivals: readonly (Arrival | Rejection)[]): Promise<number[]>;
  /** The next arrivals in order, and the place that they come after. */
  listUnsorted(limit: number): Promise<{ after: number; events: Unsorted[] }>;
  /** One step of a worker, in one transaction. */
  advance(step: WorkStep): Promise<WorkDone>;
  /** When the next waiting event falls due, of those that were not due at `after`. */
  nextDue(after?: number): Promise<number | undefined>;
  /** Makes the leases of holders that are gone fall due at once. A lease begins with its holder and a slash. */
  releaseLeases(isGone: (holder: string) => boolean, now: number): Promise<number>;
  /** How one event's handling stands; undefined until it was sorted. */
  findHandling(eventId: number): Promise<Handling | undefined>;
}

/** ready: first of its lane, waiting or being tried · queued: behind another · held: first of a paused forward's lane. */
export type HandlingState = 'ready' | 'queued' | 'held' | 'handled' | 'duplicate' | 'dead';

export interface Handling {
  readonly state: HandlingState;
  readonly attempt: number;
  readonly fault: string | undefined;
}
