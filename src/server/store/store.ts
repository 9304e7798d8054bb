import type { Credentials, Installation, Tenant } from '../../microbizz/domain/tenant.ts';
import type { Invitation } from '../../microbizz/domain/invitation.ts';
import type { Arrival, Rejection } from '../../microbizz/domain/event.ts';
import type { DescribeStore } from '../history/describe-store.ts';
import type { History } from './history.ts';
import type { ForwardStore } from '../forwards/forward.ts';
import type { GapStore } from '../gaps/gap-store.ts';
import type { InboxStore } from '../inbox/inbox-store.ts';
import type { OperatorStore } from '../inbox/operator-store.ts';

/** What a connection was begun with, until its negotiate sealed into its URLs. */
export interface Begun {
  /** Of the installation that will come of it. */
  readonly id: string;
  /** Origin of the Microbizz solution that the browser was sent to. */
  readonly solution: string;
  readonly expiresAt: number;
  /** The link that it was begun with; none when /connect is open to everybody. */
  readonly invitation: { readonly id: string; readonly expiresAt: number } | undefined;
  /** The tenant whose own link it was. */
  readonly reconnects: number | undefined;
}

/** How a negotiate ended in the store. `ended`: its link was used, has expired or was taken back. */
export type Negotiated = 'stored' | 'used' | 'expired' | 'ended';

/** What comes before it is known to come from a tenant. */
export type Parked = Omit<Arrival, 'tenantId'> | Omit<Rejection, 'tenantId'>;

/** Installations and the tenants that come of them. Times are milliseconds since 1970. */
export interface Connections {
  /** Undefined for one that was revoked, too. */
  findInstallation(id: string): Promise<Installation | undefined>;
  /** Makes the installation, unverified, and uses up its link, in one act: of two that race, one gets `stored`. */
  negotiate(begun: Begun, credentials: Credentials, now: number): Promise<Negotiated>;
  /**
   * The verifying call succeeded. The installation becomes its tenant's, if that is new, or if it was begun from it and has the same
   * endpoint: then what is parked for it is the tenant's next arrivals, and its credentials are the tenant's unless a later installation's
   * already are. Otherwise it waits for the operator, and nothing else changes.
   */
  noteVerified(id: string, now: number): Promise<void>;
  /** Keeps what comes while Microbizz cannot be reached. False for others, and beyond 100 or 1 MiB, or 50 installations in all. */
  park(id: string, arrival: Parked): Promise<boolean>;
  /** Remembers, for the return page, why a verifying call failed. Writes nothing when that is known. */
  noteFault(id: string, fault: string, what: { unreachable: boolean }): Promise<void>;
  findTenant(id: number): Promise<Tenant | undefined>;
  /** Microbizz refuses the tenant's accesstoken since then, or takes it. A newer installation's activation takes it back too. */
  noteToken(tenantId: number, refusedAt: number | undefined): Promise<void>;
  listTenants(): Promise<Tenant[]>;
  /** Forgets, with what is parked for them, installations that negotiated before and became no tenant's: those that Microbizz refused, and others. */
  removeExpired(before: { refused: number; unused: number }): Promise<void>;
}

export interface Invitations {
  add(invitation: Pick<Invitation, 'id' | 'createdAt' | 'expiresAt' | 'contract' | 'host'>): Promise<void>;
  find(id: string): Promise<Invitation | undefined>;
  /** Those that the operator made. */
  list(): Promise<Invitation[]>;
  /** False when there is none that is still unused. */
  takeBack(id: string, now: number): Promise<boolean>;
  removeExpired(before: number): Promise<void>;
}

/** An installation, as the operator sees it. */
export interface Granted {
  readonly id: string;
  readonly solution: string;
  readonly endpoint: string;
  readonly contract: string;
  readonly connectedAt: number;
}

/** What the operator decides about installations. */
export interface Grants {
  /** Those whose URLs are good for the tenant. `inUse`: its credentials are the tenant's. */
  listAddresses(tenantId: number): Promise<(Granted & { readonly inUse: boolean; readonly underFirstKey: boolean })[]>;
  listWaiting(): Promise<Granted[]>;
  /** False when it does not wait. */
  approve(id: string, now: number): Promise<boolean>;
  /** Ends its URLs, for good. False when it is unknown or was ended before. */
  revoke(id: string, now: number): Promise<boolean>;
  /** Another text whenever an installation may have been revoked: at once by this process, within 10 ms by another. Takes 1 µs. */
  version(): string;
}

/** The port to what is remembered. Each method is one whole act: a statement or one transaction. */
export interface Store {
  readonly connections: Connections;
  readonly invitations: Invitations;
  readonly grants: Grants;
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
