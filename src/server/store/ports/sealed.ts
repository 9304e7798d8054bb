/** A secret as an adapter stores it and answers it: only the keyring opens it (seal.ts). */
export type Sealed = Uint8Array;

/** An accesstoken, with the installation that it is bound to: sealed for one, it opens for no other. */
export interface SealedToken {
  readonly installationId: string;
  readonly sealed: Sealed;
}

/** All that is sealed in a database. `inUse`: it is its tenant's. */
export interface SealedRows {
  readonly tokens: readonly (SealedToken & { readonly inUse: boolean })[];
  readonly forwards: readonly { readonly id: number; readonly secrets: readonly Sealed[] }[];
}

/** Tokens that replace those of the installations, and forwards that lose their secrets: these are paused. */
export interface Replacement {
  readonly tokens: SealedRows['tokens'];
  readonly forwards: readonly number[];
}
