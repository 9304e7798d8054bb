import type { Arrival, Rejection } from '../../../microbizz/domain/event.ts';
import type { Secret } from '../../../microbizz/domain/secret.ts';
import type { Credentials, Installation, Tenant } from '../../../microbizz/domain/tenant.ts';

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

/**
 * Installations and the tenants that come of them. Times are milliseconds since 1970. `findInstallation` and `findTenant` are asked for
 * events and pages, and answer from a key; the rest belongs to connecting, or to the hourly cleaning. An adapter's `Token` is sealed.
 */
export interface Connections<Token = Secret> {
  /** Undefined for one that was revoked, too. */
  findInstallation(id: string): Promise<Installation<Token> | undefined>;
  /** Makes the installation, unverified, and uses up its link, in one act: of two that race, one gets `stored`. */
  negotiate(begun: Begun, credentials: Credentials<Token>, now: number): Promise<Negotiated>;
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
  findTenant(id: number): Promise<Tenant<Token> | undefined>;
  /** Microbizz refuses the tenant's accesstoken since then, or takes it. A newer installation's activation takes it back too. */
  noteToken(tenantId: number, refusedAt: number | undefined): Promise<void>;
  listTenants(): Promise<Tenant<Token>[]>;
  /**
   * Forgets, with what is parked for them, at most `limit` installations that negotiated before and became no tenant's: those that Microbizz
   * refused, and others. Some 2 ms for each that has as much parked as may be. True when there may be more.
   */
  removeExpired(before: { refused: number; unused: number }, limit: number): Promise<boolean>;
}
