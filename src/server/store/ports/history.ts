import type { HookName } from '../../../microbizz/domain/hook.ts';

export interface ChangedField {
  /** Dotted: `unitprice`, `address.city`, `lines.2.count`. Names of more than 80 characters are cut. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly from?: unknown;
  readonly to?: unknown;
}

/** Changes of objects that name this user: `userid` equal to `id`, or `usercode`. An empty one names nobody. */
export interface Named {
  readonly userid: string;
  readonly usercode: string;
}

/** failed: the handler or a forward is dead · waiting: something is still to be done · done: the rest. */
export type ChangeState = 'done' | 'waiting' | 'failed';

/** One event that reported something new, in short. */
export interface Change extends HookName {
  readonly eventId: number;
  /** Empty when the event names no object: then there is no page of it. */
  readonly objectId: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** True when the gap filler found it; false when Microbizz reported it. */
  readonly gap: boolean;
  readonly userid: string;
  readonly usercode: string;
  /** The likely name of the object; empty where there is none. */
  readonly title: string;
  /** The first three at most. Texts, and JSON of nested values, are cut at 120 characters. */
  readonly fields: readonly ChangedField[];
  /** How many more fields changed. */
  readonly more: number;
  /** There are more than that: of 1,000 fields the rest is not counted. With no fields: it was not compared at all. */
  readonly uncounted?: true;
  /** The first that was ever reported of this object. */
  readonly first: boolean;
  readonly state: ChangeState;
}

/** An omitted field selects all. Times are milliseconds since 1970: received at or after `since`, and before `until`. */
export interface ChangeFilter {
  readonly hook?: HookName | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  /** Any typed text: words that the object must all have; the last one may be the beginning of a word. */
  readonly text?: string | undefined;
  readonly state?: ChangeState | undefined;
  readonly named?: Named | undefined;
}

/** Newest first, those before event `before`. */
export interface ChangePage {
  readonly limit: number;
  readonly before?: number | undefined;
}

export interface ChangeList<Listed> {
  readonly changes: readonly Listed[];
  /**
   * `before` of the next page; undefined when there is none. There may be one though this page is not full, or empty: no more than 10,000
   * that match one term of the filter and not the others are looked at for a page.
   */
  readonly next: number | undefined;
}

export interface DayCount extends HookName {
  /** `YYYY-MM-DD`, Danish time. */
  readonly day: string;
  readonly changes: number;
}

/** The summary of one object. */
export interface KnownObject {
  /** All that there ever were, including those that retention has removed. */
  readonly changes: number;
  readonly firstAt: number;
  readonly changedAt: number;
  /** Its last event. */
  readonly latestId: number;
  readonly title: string;
}

export interface ObjectName extends HookName {
  readonly objectId: string;
}

export interface ForwardedChange {
  readonly forwardId: number;
  /** Undefined when the forward is gone. */
  readonly url: string | undefined;
  readonly state: 'ready' | 'queued' | 'held' | 'handled' | 'dead';
  readonly attempt: number;
  readonly fault?: string | undefined;
  readonly lastAttempt?:
    { readonly at: number; readonly status?: number | undefined; readonly ms?: number | undefined } | undefined;
}

/** A change, and how to find the object before and after it. */
export interface ObjectChange extends Change {
  /** Undefined for the first, and when the event before is removed. */
  readonly previousId: number | undefined;
  /** Characters of both. */
  readonly size: number;
  readonly forwards: readonly ForwardedChange[];
}

/**
 * The pages' view of a tenant's events; it writes nothing. A change is here some tenths of a second after it was sorted (history/follow-events.ts); duplicates
 * and rejected POSTs are not changes. Reads may take some 30 ms, and are limited as each says: a page waits for them, no event does. Each
 * answers from one snapshot, and the next page of a list from another: changes that came meanwhile are newer, and so on neither of them.
 */
export interface History {
  listChanges(tenantId: number, filter: ChangeFilter, page: ChangePage): Promise<ChangeList<Change>>;
  /** JSON of an event's fields; undefined when it is not kept. */
  readEvent(tenantId: number, eventId: number): Promise<string | undefined>;
  /**
   * Changes per day and hook, oldest first; days without any are left out. `days` are the first and the last day, both counted: the filter's own
   * times are not looked at. `complete` is false when more than 10,000 matched a text or a state, of which the newest are counted.
   */
  countChanges(
    tenantId: number,
    filter: ChangeFilter,
    days: { readonly since: string; readonly until: string },
  ): Promise<{ days: DayCount[]; complete: boolean }>;
  findObject(tenantId: number, name: ObjectName): Promise<KnownObject | undefined>;
  listObjectChanges(tenantId: number, name: ObjectName, page: ChangePage): Promise<ChangeList<ObjectChange>>;
  /**
   * How many changes are sorted and cannot be found here yet. Of more than 1,000 events of all tenants it is `atMost` so many: counted
   * from two numbers, not by looking at each.
   */
  countUndescribed(tenantId: number): Promise<{ readonly count: number; readonly atMost: boolean }>;
  /** When the last change was received. */
  lastEventAt(tenantId: number): Promise<number | undefined>;
}
