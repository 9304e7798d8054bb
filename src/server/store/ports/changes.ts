/** `revocations`: an installation may have been revoked. */
export type ChangeKind = 'anything' | 'revocations';

/** How often something was written: each number is another one when anything of its kind was since. A check of `checkWritable` is nothing. */
export type ChangeCounts = Readonly<Record<ChangeKind, number>>;

/** The signal that something was written, for whoever remembers what it has read. */
export interface Changes {
  /** Calls `listener` for as long as the store is open. It may be called without a reason, and is quick. */
  subscribe(kind: ChangeKind, listener: () => void): void;
  /**
   * Resolves when the listeners know of all that this process has committed, and of what others had 250 ms ago. To be asked before
   * something remembered is used: not for each event, since it may be a question to the database (SQLite: at once, 3 µs).
   * A revocation by this process is told of without it, before it resolves.
   */
  look(): Promise<void>;
}
