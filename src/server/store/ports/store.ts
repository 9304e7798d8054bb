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
 * What an adapter does for one database. The rooms see it as `Store`: with secrets in clear, and told of changes (build-store.ts). Every
 * method of every port:
 *
 * - **is one whole act.** What it writes is one transaction, what it reads one snapshot; where a method says that it goes in steps, each
 *   step is one. No transaction crosses a port.
 * - **after a rejection nothing has changed**, and the act may be done again. The one doubt is a connection that is lost while it commits:
 *   then the act may have been done, which is why each one is written so that doing it twice does no harm, but for `append` (inbox.ts).
 *   A `Refusal` with the code `unavailable` says that the database is in use or cannot be reached: later may help.
 * - **is seen at once** by whatever this process asks after it resolved; by other processes in their next act.
 * - **answers soon.** An act of the answers' and the worker's path (`inbox`, `connections.find…`, `forwards.find`) takes some
 *   microseconds of the thread that answers for each event, or one round trip of a network. A list, a search or a step may take as long
 *   as it says, never more than 20 ms of the thread that answers for one act.
 * - **takes and answers data**, which a message to another thread can carry: nobody is called back, nothing iterates, or holds a place in the
 *   database after it resolved, and no secret is in it but sealed.
 *
 * And between acts: **ids of events rise in the order of commit.** Whoever has seen an event, or that there was none, will never find a new
 * one with a lower id. What walks upwards by id (sorting, describing, the gaps' check, retention, pages) stands on it. SQLite has one
 * writer, so it is so; where ids come from a sequence, `append` must take a lock until it has committed.
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
  /** As it counts for this handle: all that it has committed, and what others had 250 ms ago. */
  countChanges(): Promise<ChangeCounts>;
  /** How an event is named outside: the same for as long as there is the event, and never the name of another. */
  nameOf(eventId: number): Promise<string>;
  /** Writes what a large event takes and takes it back, then commits something small: rejects when events cannot be stored now. */
  checkWritable(): Promise<void>;
  /** Cuts the write-ahead log that a long reader has let grow. */
  tidyLog(): Promise<void>;
  /** Resolves when the acts under way have ended, and everything that was committed is safe. An act that begins after it is rejected. */
  close(): Promise<void>;
}

/** What is remembered, as the rooms ask for it. */
export interface Store extends Omit<Adapter, 'connections' | 'grants' | 'forwards' | 'countChanges'> {
  readonly connections: Connections;
  readonly grants: Grants;
  readonly forwards: ForwardStore;
  readonly changes: Changes;
}
