/** An installation, as the operator sees it. */
export interface Granted {
  readonly id: string;
  readonly solution: string;
  readonly endpoint: string;
  readonly contract: string;
  readonly connectedAt: number;
}

/** What the operator decides about installations. An adapter's `Key` is the sealed accesstoken: under which key it is, it cannot know. */
export interface Grants<Key = { readonly underFirstKey: boolean }> {
  /** Those whose URLs are good for the tenant. `inUse`: its credentials are the tenant's. */
  listAddresses(tenantId: number): Promise<(Granted & { readonly inUse: boolean } & Key)[]>;
  listWaiting(): Promise<Granted[]>;
  /** False when it does not wait. */
  approve(id: string, now: number): Promise<boolean>;
  /** Ends its URLs, for good: `changes` tells of it. False when it is unknown or was ended before. */
  revoke(id: string, now: number): Promise<boolean>;
}
