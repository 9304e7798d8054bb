import type { Arrival, Rejection } from '../../../microbizz/domain/event.ts';
import type { Secret } from '../../../microbizz/domain/secret.ts';
import type { Credentials, Installation, Tenant } from '../../../microbizz/domain/tenant.ts';

/** The data that a connection was begun with, sealed into its URLs until its negotiate. */
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

/** An event that comes before its sender is known to be a tenant. */
export type Parked = Omit<Arrival, 'tenantId'> | Omit<Rejection, 'tenantId'>;

/**
 * Installations and the tenants that they become. Times are milliseconds since 1970. `findInstallation` and `findTenant` are asked for
 * events and pages, and answer from a key; the rest belongs to connecting, or to the hourly cleaning. An adapter's `Token` is sealed.
 */
export interface Connections<Token = Secret> {
  /** Undefined for one that was revoked, too. */
  findInstallation(id: string): Promise<Installation<Token> | undefined>;
  /** Makes the installation, unverified, and uses up its link, in one act: of two that race, one gets `stored`. */
  negotiate(begun: Begun, credentials: Credentials<Token>, now: number): Promise<Negotiated>;
  /**
   * The verifying call succeeded. The installation becomes its tenant's, if the tenant is new, or if it was begun from the tenant and has the
   * same endpoint: then its parked events are the tenant's next arrivals, and its credentials become the tenant's unless a later installation's
   * already have. Otherwise it waits for the operator, and nothing else changes.
   */
  noteVerified(id: string, now: number): Promise<void>;
  /** Keeps events that come while Microbizz cannot be reached. False for others, and beyond 100 or 1 MiB, or 50 installations in all. */
  park(id: string, arrival: Parked): Promise<boolean>;
  /** Remembers, for the return page, why a verifying call failed. Writes nothing when that is known. */
  noteFault(id: string, fault: string, what: { unreachable: boolean }): Promise<void>;
  findTenant(id: number): Promise<Tenant<Token> | undefined>;
  /** Microbizz refuses the tenant's accesstoken since then, or accepts it. A newer installation's activation ends the refusal too. */
  noteToken(tenantId: number, refusedAt: number | undefined): Promise<void>;
  listTenants(): Promise<Tenant<Token>[]>;
  /**
   * Forgets, with their parked events, at most `limit` installations that negotiated before then and never became a tenant's: those that
   * Microbizz refused, and others. Some 2 ms for each that has the most parked events allowed. True when there may be more.
   */
  removeExpired(before: { refused: number; unused: number }, limit: number): Promise<boolean>;
}
