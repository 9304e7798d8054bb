import type { EventHead, Fields } from '../../../microbizz/domain/event.ts';
import type { HookName } from '../../../microbizz/domain/hook.ts';
import type { HandlingState } from './inbox.ts';

/** rejected: bad content with a good key · unsorted: not looked at yet · the rest as HandlingState says. */
export const eventStates = ['rejected', 'unsorted', 'ready', 'queued', 'held', 'handled', 'duplicate', 'dead'] as const;
export type EventState = (typeof eventStates)[number];

/** A selection of events. An omitted field selects all. */
export interface EventFilter extends Partial<HookName> {
  readonly ids?: readonly number[];
  readonly tenantId?: number;
  /** Whose handling is meant: a forward's, or the app's own handler when left out. */
  readonly forwardId?: number;
  readonly state?: EventState;
  /** Milliseconds since 1970: received at or after, and before. */
  readonly since?: number;
  readonly until?: number;
}

export interface EventSummary extends EventHead {
  readonly objectId: string;
  readonly state: EventState;
  readonly attempt: number;
  readonly fault: string | undefined;
}

/** One event with everything that is kept of it. */
export interface EventDetail extends EventSummary {
  readonly fields: Fields | undefined;
  /** Of a rejected one: the body as it came. */
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
  readonly body: string | undefined;
  readonly forwards: readonly {
    readonly forwardId: number;
    readonly state: HandlingState;
    readonly attempt: number;
    readonly dueAt: number | undefined;
    readonly fault: string | undefined;
  }[];
}

/** A rejected event as it was kept, to read it once more. */
export interface StoredRejection extends HookName {
  readonly id: number;
  readonly contentType: string;
  /** Of a body that is kept packed. */
  readonly contentEncoding: string | undefined;
  readonly body: Uint8Array;
}

/** How a rejected event was read once more. */
export type Reread = { readonly id: number } & ({ readonly fields: Fields } | { readonly fault: string });

/** Place in a walk through many events in small steps: each step is one short transaction, so that answers are not kept waiting. */
export interface Step {
  /** Where the next step begins; undefined when the walk is over. */
  readonly next: number | undefined;
  readonly done: number;
  /** Selected, but left alone: unsorted, rejected, or (for removal) still under way. */
  readonly skipped: number;
}

export type Counters = readonly { readonly tenantId: number; readonly name: string; readonly value: number }[];

/**
 * The inbox for operators, metrics and retention. Reads may take seconds over millions of events where nothing narrows the filter:
 * they are for the command line. Changes to many events go in steps, each one transaction of some 3 ms, the `next` of one being the `after`
 * of the following: a walk that ends in the middle keeps the work of its steps, and a new one goes on with the rest.
 */
export interface OperatorStore {
  /** Newest first, from before `before` on. */
  listEvents(filter: EventFilter, page: { limit: number; before?: number }): Promise<EventSummary[]>;
  findEvent(id: number): Promise<EventDetail | undefined>;
  countEvents(filter: EventFilter): Promise<number>;
  /**
   * Puts the selected events back into their lanes, for the app's handler or the filter's forward. The duplicate check ignores them. Rejected
   * ones have no lane (`listRejected`): without a forward they are passed over, with one they count as skipped.
   */
  replay(filter: EventFilter, step: { after: number }): Promise<Step>;
  /** The first rejected ones of the selection, as many as one step may have; none when there are no more. */
  listRejected(filter: EventFilter, step: { after: number }): Promise<StoredRejection[]>;
  /**
   * Events that could be read arrive, with new ids and their old times of arrival; the rejected ones are gone. The others get their
   * newest fault. Answers how many arrived: those that another process has settled meanwhile are left alone.
   */
  settleRejected(outcomes: readonly Reread[]): Promise<number>;
  /** Removes the selected events that are not under way, in whatever state. */
  remove(filter: EventFilter, step: { after: number }): Promise<Step>;
  /** Removes handled events and duplicates that were received before `before`, of one tenant or of all; the dead and the rejected stay. */
  removeHandled(before: number, step: { after: number; tenantId?: number | undefined }): Promise<Step>;
  /** The time that was noted last; undefined when none was, and no event came before. */
  lastSeen(): Promise<number | undefined>;
  noteSeen(time: number): Promise<void>;
  counters(): Promise<Counters>;
  /** When the oldest event that is not handled yet was received. A rejected POST is one until it is sorted. */
  oldestUnhandled(): Promise<number | undefined>;
}
