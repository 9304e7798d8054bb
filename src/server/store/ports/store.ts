import type { ChangeCounts, Changes } from './changes.ts';
import type { Connections } from './connections.ts';
import type { DescribeStore } from './descriptions.ts';
import type { ForwardStore, SealedForwards } from './forwards.ts';
import type { GapStore } from './gaps.ts';
import type { Grants } from './grants.ts';
import type { History } from './history.ts';
import type { InboxStore } from './inbox.ts';
import type { Invitations } from './invitations.ts';
import type { OperatorStore } from './operator.ts';
import type { RetentionStore } from './retention.ts';
import type { SealedToken } from './sealed.ts';

/**
 * An adapter for one database. The rooms see it as `Store`: with secrets in clear, and with signals of changes (build-store.ts). Every
 * method of every port:
 *
 * - **is one whole act.** Its writes are one transaction, its reads one snapshot; where a method says that it goes in steps, each
 *   step is one. No transaction crosses a port.
 * - **after a rejection nothing has changed**, and the act may be done again. The one doubt is a connection that is lost while it commits:
 *   then the act may have been done, which is why each one is written so that doing it twice does no harm, but for `append` (inbox.ts).
 *   A `Refusal` with the code `unavailable` says that the database is in use or cannot be reached: later may help.
 * - **is seen at once** by all acts that this process begins after it resolved; by other processes in their next act.
 * - **answers soon.** An act of the answers' and the worker's path (`inbox`, `connections.find…`, `forwards.find`) takes some
 *   microseconds of the thread that answers for each event, or one round trip of a network. A list, a search or a step may take as long
 *   as it says, never more than 20 ms of the thread that answers for one act.
 * - **accepts and answers data**, which a message to another thread can carry: nobody is called back, nothing iterates, or holds a place in the
 *   database after it resolved, and all secrets in it are sealed.
 *
 * And between acts: **ids of events rise in the order of commit.** A reader that has seen an event, or that there was none, will never find a
 * new one with a lower id. All code that walks upwards by id (sorting, describing, the gaps' check, retention, pages) relies on this. SQLite
 * has one writer, so it holds there; where ids come from a sequence, `append` must hold a lock until it has committed.
 */
export interface Adapter {
  readonly connections: Connections<SealedToken>;
  readonly invitations: Invitations;
  readonly grants: Grants<{ readonly accesstoken: SealedToken }>;
  readonly inbox: InboxStore;
  readonly history: History;
  readonly describing: DescribeStore;
  readonly forwards: SealedForwards;
  readonly operator: OperatorStore;
  readonly retention: RetentionStore;
  readonly gaps: GapStore;
  /** As this handle sees it: all its own commits, and those that others had made 250 ms ago. */
  countChanges(): Promise<ChangeCounts>;
  /** How an event is named outside: the same for as long as there is the event, and never the name of another. */
  nameOf(eventId: number): Promise<string>;
  /** Writes as much as a large event and rolls it back, then commits something small: rejects when events cannot be stored now. */
  checkWritable(): Promise<void>;
  /** Cuts the write-ahead log that a long reader has let grow. */
  tidyLog(): Promise<void>;
  /** Resolves when the acts under way have ended, and everything that was committed is safe. An act that begins after it is rejected. */
  close(): Promise<void>;
}

/** The store as the rooms use it. */
export interface Store extends Omit<Adapter, 'connections' | 'grants' | 'forwards' | 'countChanges'> {
  readonly connections: Connections;
  readonly grants: Grants;
  readonly forwards: ForwardStore;
  readonly changes: Changes;
}
