/** An installation, as the operator sees it. */
export interface Granted {
  readonly id: string;
  readonly solution: string;
  readonly endpoint: string;
  readonly contract: string;
  readonly connectedAt: number;
}

/** The operator's decisions about installations. An adapter's `Key` is the sealed accesstoken: an adapter cannot know which key sealed it. */
export interface Grants<Key = { readonly underFirstKey: boolean }> {
  /** Those whose URLs are good for the tenant. `inUse`: its credentials are the tenant's. */
  listAddresses(tenantId: number): Promise<(Granted & { readonly inUse: boolean } & Key)[]>;
  listWaiting(): Promise<Granted[]>;
  /** False when it does not wait. */
  approve(id: string, now: number): Promise<boolean>;
  /** Ends its URLs, for good: `changes` signals it. False when it is unknown or was ended before. */
  revoke(id: string, now: number): Promise<boolean>;
}
