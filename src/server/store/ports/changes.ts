/** `revocations`: an installation may have been revoked. */
export type ChangeKind = 'anything' | 'revocations';

/** How often something was written: a number changes when anything of its kind is written. A check by `checkWritable` does not count. */
export type ChangeCounts = Readonly<Record<ChangeKind, number>>;

/** The signal that something was written, for code that caches reads. */
export interface Changes {
  /** Calls `listener` for as long as the store is open. It may be called without a reason, and is quick. */
  subscribe(kind: ChangeKind, listener: () => void): void;
  /**
   * Resolves when the listeners know of everything that this process has committed, and that others had committed 250 ms ago. Ask it before
   * using something cached: not for each event, because it may be a query to the database (SQLite: at once, 3 µs).
   * A revocation by this process is signalled without it, before the revocation resolves.
   */
  look(): Promise<void>;
}
