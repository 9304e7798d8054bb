import type { Credentials, Installation, Tenant } from '../domain/tenant.ts';
import type { Arrival, Rejection } from '../domain/event.ts';
import type { DescribeStore } from '../history/describe-store.ts';
import type { History } from './history.ts';
import type { ForwardStore } from '../forwards/forward.ts';
import type { GapStore } from '../gaps/gap-store.ts';
import type { InboxStore } from '../inbox/inbox-store.ts';
import type { OperatorStore } from '../inbox/operator-store.ts';

/** How a negotiate ended in the store. Only one negotiate of an installation is ever `stored`. */
export type Negotiated = 'stored' | 'unknown' | 'used' | 'expired';

/** What comes before it is known to come from a tenant. */
export type Parked = Omit<Arrival, 'tenantId'> | Omit<Rejection, 'tenantId'>;

/** Installations and the tenants that come of them. Times are milliseconds since 1970. */
export interface Connections {
  openInstallation(installation: { id: string; solution: string; expiresAt: number }): Promise<void>;
  findInstallation(id: string): Promise<Installation | undefined>;
  /** Takes the three values as pending, and the installation as used, in one act: of two that race, one gets `stored`. */
  negotiate(id: string, credentials: Credentials, now: number): Promise<Negotiated>;
  /**
   * The proving call succeeded: the installation is its tenant's, its parked events are the tenant's next arrivals, and its credentials
   * are the tenant's unless a later installation's already are.
   */
  activate(id: string): Promise<void>;
  /** Keeps what comes for an installation that is still pending. False when it would be beyond 1,000 or 16 MiB: then it is not kept. */
  park(id: string, arrival: Parked): Promise<boolean>;
  /** Remembers, for the return page and the operator, why a negotiate or a proving call failed. */
  noteFault(id: string, fault: string): Promise<void>;
  findTenant(id: number): Promise<Tenant | undefined>;
  /** Microbizz refuses the tenant's accesstoken since then, or takes it. A newer installation's activation takes it back too. */
  noteToken(tenantId: number, refusedAt: number | undefined): Promise<void>;
  listTenants(): Promise<Tenant[]>;
  /** Forgets installations that nobody used, and, with what is parked for them, those that negotiated before and were never proven. */
  removeExpired(before: number): Promise<void>;
}

/** The port to what is remembered. Each method is one whole act: a statement or one transaction. */
export interface Store {
  readonly connections: Connections;
  readonly inbox: InboxStore;
  readonly history: History;
  readonly describing: DescribeStore;
  readonly forwards: ForwardStore;
  readonly operator: OperatorStore;
  readonly gaps: GapStore;
  /** Another text whenever anything was written, by this process or another. Takes 3 µs. */
  version(): string;
  /** How an event is named outside: the same for as long as there is the event, and never the name of another. */
  nameOf(eventId: number): string;
  /** Writes what a large event takes and takes it back, then commits something small: rejects when events cannot be stored now. */
  checkWritable(): Promise<void>;
  /** Cuts the write-ahead log that a long reader has let grow. */
  tidyLog(): void;
  close(): void;
}
