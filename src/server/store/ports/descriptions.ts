import type { EventHead } from '../../../microbizz/domain/event.ts';
import type { ChangedField } from './history.ts';

/** The data of one change in a list. */
export interface Summary {
  readonly fields: readonly ChangedField[];
  readonly more: number;
  /** There may be more than `more`: not all was compared. */
  readonly uncounted?: true;
  readonly first: boolean;
}

/** An event that was sorted, as the sorting found it. */
export interface Undescribed extends EventHead {
  readonly gap: boolean;
  readonly objectId: string;
  /** The event before it of the same object and hook. */
  readonly previousId: number | undefined;
  readonly duplicate: boolean;
  /** JSON, read where it is described: for a large one that is another thread. */
  readonly fields: string;
  /** Of the event before; undefined when there is none, or it is removed. */
  readonly previous: string | undefined;
}

/** An event as the pages show it and find it. */
export interface Described extends Omit<Undescribed, 'fields' | 'previous' | 'duplicate'> {
  readonly kind: 'change';
  /** `YYYY-MM-DD`, Danish time. */
  readonly day: string;
  readonly userid: string;
  readonly usercode: string;
  readonly title: string;
  readonly summary: Summary;
  readonly words: ReadonlySet<string>;
}

/** Only noted, so that the tenant's retention finds it again. */
export interface Repeated {
  readonly kind: 'duplicate';
  readonly id: number;
  readonly tenantId: number;
  readonly receivedAt: number;
}

export interface Batch {
  /** The place that these events come after, and the last that was looked at: rejected ones are left out. */
  readonly after: number;
  readonly upTo: number;
  readonly events: readonly Undescribed[];
  /** A process ended while it described this: one event, to be described with care. */
  readonly suspect: boolean;
}

/**
 * The reads and writes of history's follower, one batch after the other. There may be a follower in each process: of two that describe the
 * same batch one gets true. An act reads or writes a megabyte at most, plus its last event, in some 10 ms.
 */
export interface DescribeStore {
  /**
   * The next events that are sorted and not described, some of them if they are large; undefined when there are none. Notes that they were
   * begun: events that a process had begun and not written when it ended are suspects, and come one at a time.
   */
  listUndescribed(limit: number): Promise<Batch | undefined>;
  /** Writes them all or none, and moves the place. False when another process has done it. */
  describe(place: Pick<Batch, 'after' | 'upTo'>, told: readonly (Described | Repeated)[]): Promise<boolean>;
}
