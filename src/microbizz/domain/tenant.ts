import type { Secret } from './secret.ts';

/** The credentials that Microbizz gives an app in negotiate: the address of its API, and the token that opens it. */
export interface Credentials<Token = Secret> {
  readonly endpoint: string;
  /** Microbizz's number for the customer: a string, even if it looks like a number. */
  readonly contract: string;
  readonly accesstoken: Token;
}

/** One connected Microbizz solution, unique by (host of `endpoint`, `contract`). Exists once a call with its credentials has succeeded. */
export interface Tenant<Token = Secret> {
  readonly id: number;
  readonly host: string;
  readonly contract: string;
  readonly credentials: Credentials<Token>;
  /** Origin that the browser was sent to when it was connected. */
  readonly solution: string;
  /** Since when Microbizz refuses the accesstoken, in milliseconds since 1970: the tenant must be reconnected. */
  readonly refusedAt?: number;
}

/**
 * One run through connect, from its negotiate on. Its id is in every URL that it handed to Microbizz. It is unverified, then either its
 * tenant's, or it waits for the operator: it would take over a tenant that it was not begun from. Until it has a tenant its URLs reach
 * nobody's data: anybody can negotiate in another's name.
 */
export interface Installation<Token = Secret> {
  readonly id: string;
  /** Origin of the Microbizz solution that the browser was sent to. */
  readonly solution: string;
  readonly credentials: Credentials<Token>;
  /** Set when it became its tenant's; it stays so, whatever installation comes after it, until it is revoked. */
  readonly tenantId: number | undefined;
  /** Verified, but only the operator can make it the tenant's. */
  readonly waits: boolean;
  /** Why the last verifying call failed, in a sentence. */
  readonly fault: string | undefined;
  /** The last verifying call did not reach Microbizz, so nothing is known of the credentials yet. */
  readonly unreachable: boolean;
}

/** Origins whose pages may show the tenant's in a frame: where people are, and where the API is. A browser reads both as they stand. */
export function framersOf({ solution, credentials }: Pick<Tenant, 'solution' | 'credentials'>): readonly string[] {
  const origins = new Set([solution, new URL(credentials.endpoint).origin]);
  return [...origins].filter((origin) => /^https?:\/\/[a-z0-9.-]+(?::\d+)?$/.test(origin));
}

/** Whether two endpoints are one door: scheme, host, port and path. */
export function isSameEndpoint(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)];
  return a.origin === b.origin && a.pathname === b.pathname;
}
