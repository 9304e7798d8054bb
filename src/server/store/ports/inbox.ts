import type { Arrival, EventHead, Fields, Rejection, StoredEvent } from '../../../microbizz/domain/event.ts';

/** 0 in place of a forward's id: the app's own handler. */
export const appHandler = 0;

/** An event as it lies in the store: its fields are read where they are sorted, which for a large one is another thread. */
export interface Unsorted extends Omit<StoredEvent, 'fields'> {
  /** JSON; undefined for a rejected POST, and where it cannot be read. */
  readonly fields: string | undefined;
  /** Why not. */
  readonly unreadable?: string;
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
  /** Why its stored content cannot be read: it is set aside, dead. */
  readonly unreadable?: string;
  /** Empty when the event names no object. */
  readonly objectId: string;
  readonly lane: string;
  /** Of the whole content: equal to the latest one of its object and hook means that the same change was reported again. */
  readonly hash: Uint8Array;
  /** False when the app has nothing to do for this hook: the event is handled by being stored. */
  readonly handler: boolean;
  /** Of an event that the gap filler made: the last event that there was when Microbizz was asked. */
  readonly gapAfter?: number;
}

/** Who handles an event: the app, for one tenant, or one of its forwards. */
export interface Target {
  readonly tenantId: number;
  readonly forwardId: number;
}

/** The events that one tenant has under way. */
export interface UnderWay {
  readonly handlings: number;
  /** Of the texts that they hold in memory. */
  readonly bytes: number;
  /** Handlings of each target: by the id of a forward, or `appHandler`. */
  readonly targets: ReadonlyMap<number, number>;
}

/** The room of one claim, beside the events under way (shares.ts). */
export interface Room {
  /** Events of this claim, and bytes of them: the first one may have more. Where it ends for that reason, nothing more is looked at. */
  readonly step: number;
  readonly stepBytes: number;
  /** Handlings under way at the same time for one tenant: by the app, by its forwards together, and by one that `shares` does not name. */
  readonly perTarget: number;
  readonly forwards: number;
  readonly perForward: number;
  readonly shares: ReadonlyMap<number, number>;
  /** Bytes that all may begin together, and those that one tenant may have under way. A tenant that has nothing under way may always begin one. */
  readonly bytes: number;
  readonly tenantBytes: number;
  readonly underWay: ReadonlyMap<number, UnderWay>;
  /** Tenants for which the app begins nothing. */
  readonly resting: readonly number[];
  /** How many suspects may be begun, and whether one that is only tried alone may. */
  readonly suspects: number;
  readonly alone: boolean;
}

export interface ClaimRequest {
  readonly now: number;
  /** Unique to this claim: the holder's name, a slash, a number. Only its holder may finish the claimed events. */
  readonly lease: string;
  readonly room: Room;
}

/** One event on its way to one target, claimed under a lease: without its contents, as an ending names it. */
export interface Taken {
  readonly event: EventHead;
  readonly forwardId: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly lease: string;
  readonly objectId: string;
}

/** The same with all that its handling needs. */
export interface Claimed extends Taken {
  readonly event: StoredEvent;
  /** How the event is named outside (nameOf in store.ts). */
  readonly name: string;
  /** Of the texts that are held in memory while it is handled. */
  readonly bytes: number;
  /** Ends of a process at which it was under way, since it was last brought to an end of its own. More than 0: a suspect. */
  readonly crashes: number;
  /** True when another event waits behind it in its lane. */
  readonly more: boolean;
  /** Why the stored content cannot be read: then `fields` is empty. */
  readonly unreadable?: string;
  /** The fields of the event before this one, of the same object and hook. */
  readonly previous: Fields | undefined;
}

/** How a destination took an attempt: HTTP status, missing when no answer came, and how long that took. */
export interface AttemptPosted {
  readonly status?: number;
  readonly ms: number;
}

/** Tried again at `dueAt`, which is `pause` ms from when that was decided: no clock makes it wait longer. */
export interface Wait {
  readonly dueAt: number;
  readonly pause: number;
}

/** `posted`: of an attempt to forward. Missing when the attempt never came that far, or was given up. */
export type Ending =
  | { readonly kind: 'handled'; readonly refusal?: string; readonly posted?: AttemptPosted }
  | (Wait & { readonly kind: 'retry'; readonly fault: string; readonly posted?: AttemptPosted })
  | { readonly kind: 'dead'; readonly fault: string; readonly posted?: AttemptPosted }
  /** Its forward was paused: it stays first of its lane, and is tried again when the forward is resumed. */
  | { readonly kind: 'held'; readonly fault: string; readonly posted?: AttemptPosted }
  /** Does not count as an attempt. */
  | (Wait & { readonly kind: 'postponed'; readonly fault: string })
  /** Given back untouched, because the process stops: does not count as an attempt. */
  | { readonly kind: 'returned' };

export interface Finish {
  readonly claimed: Taken;
  readonly ending: Ending;
}

export interface WorkStep {
  readonly now: number;
  /** Ends or postpones claimed events. A forward that succeeded no longer counts as failing (ForwardStore.noteFailure). */
  readonly finishes?: readonly Finish[];
  /** Puts events into their lanes and marks duplicates; not those of a tenant for which another process has done it. */
  readonly sorted?: readonly SortedEvent[];
  /** Claims due events, at most one of a lane. */
  readonly claim?: ClaimRequest | undefined;
}

export interface WorkDone {
  readonly claimed: Claimed[];
  /** True when the claim stopped before it had seen all that may be due. */
  readonly cut: boolean;
  /** Those whose lease was lost, for which nothing was done. */
  readonly lost: Finish[];
}

/**
 * Events until they are handled. This is the path of every event: `append`, `advance` and `follow` are called again and again, take some
 * ten to a hundred microseconds for each event of theirs, and no more for a thousand tenants than for one.
 */
export interface InboxStore {
  /**
   * Stores all of them or none, and resolves when they are safe on disk, with the id of each. Those of one tenant get rising ids in the
   * order in which they are given; and every event that is committed later, by whomever, a higher one (store.ts). After a rejection none is
   * stored, and Microbizz gets that answer; where that is in doubt, because the connection to a database was lost, they may be reported twice: as
   * duplicates of each other they do no harm.
   */
  append(arrivals: readonly (Arrival | Rejection)[]): Promise<number[]>;
  /** The next to be sorted: some of each tenant's first ones, in their order, and another time of the tenants behind those. */
  listUnsorted(limit: number): Promise<Unsorted[]>;
  countUnsorted(tenantId: number): Promise<number>;
  /**
   * One step of a worker, in one transaction: the endings, then the sorted events, then the claim. Two workers that claim at the same time
   * never get the same event, nor two events of one lane; if two finish the same one, only the holder of its lease succeeds.
   */
  advance(step: WorkStep): Promise<WorkDone>;
  /**
   * Notes that one event was handled, and claims the next of its lane under the same lease: undefined when there is none. The note survives
   * the end of this process at once, and a power cut from the next step on: a flush for each event would hold up a busy object.
   */
  follow(finish: Finish, now: number): Promise<{ readonly lost: boolean; readonly next: Claimed | undefined }>;
  /** When the next waiting event falls due, of those that were not due at `after`. */
  nextDue(after?: number): Promise<number | undefined>;
  /** The leases that there are. */
  listLeases(): Promise<string[]>;
  /**
   * Ends leases whose process ended in the middle. Forwards are due at once, because none of our code runs in a receiver. Events that the app
   * was handling are suspects from now on: each waits for as many milliseconds as `pauses` has for the number of ends at which it was the only
   * suspect under way (0, 1, …), and is dead if there is no such pause. Answers these suspects.
   */
  releaseLeases(leases: readonly string[], crash: Crash): Promise<Suspect[]>;
  /** The clock shows `now`, `back` ms less than it did: waiting events wait for the rest of their pause, never for more. */
  setBack(now: number, back: number): Promise<void>;
  /** How one event's handling stands; undefined until it was sorted. */
  findHandling(eventId: number): Promise<Handling | undefined>;
}

export interface Crash {
  readonly now: number;
  readonly pauses: readonly number[];
}

/** An event that the app was handling when its process ended. */
export interface Suspect {
  readonly eventId: number;
  readonly tenantId: number;
  readonly crashes: number;
  /** Ends at which it was the only suspect under way. */
  readonly alone: number;
  readonly dead: boolean;
}

/** ready: first of its lane, waiting or being tried · queued: behind another · held: first of a paused forward's lane. */
export type HandlingState = 'ready' | 'queued' | 'held' | 'handled' | 'duplicate' | 'dead';

export interface Handling {
  readonly state: HandlingState;
  readonly attempt: number;
  readonly fault: string | undefined;
}
