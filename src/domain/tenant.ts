import type { Secret } from './secret.ts';

/** What Microbizz gives an app in negotiate: where its API is, and the token that opens it. */
export interface Credentials {
  readonly endpoint: string;
  /** Microbizz' number for the customer: a string, whatever it looks like. */
  readonly contract: string;
  readonly accesstoken: Secret;
}

/** One connected Microbizz solution, unique by (host of `endpoint`, `contract`). Exists once a call with its credentials has succeeded. */
export interface Tenant {
  readonly id: number;
  readonly host: string;
  readonly contract: string;
  readonly credentials: Credentials;
  /** Since when Microbizz refuses the accesstoken, in milliseconds since 1970: it has to be connected again. */
  readonly refusedAt?: number;
}

/**
 * One run through connect. Its id is in every URL that it handed to Microbizz. It is open, then pending (negotiated), then active: a
 * call with its credentials has succeeded. Until then its URLs reach no tenant's data: anybody can negotiate in another's name.
 */
export interface Installation {
  readonly id: string;
  /** Origin of the Microbizz solution that the browser was sent to. */
  readonly solution: string;
  readonly expiresAt: number;
  /** Set by the one negotiate that an installation takes. */
  readonly credentials: Credentials | undefined;
  /** Set when it became active; it stays the tenant's whatever installation comes after it. */
  readonly tenantId: number | undefined;
  /** Why the last negotiate or proving call failed, in a sentence. */
  readonly fault: string | undefined;
}

/** Pages of a tenant are framed by its own solution: the origin of its endpoint, as stored. */
export function solutionOf(endpoint: string): string {
  return new URL(endpoint).origin;
}
