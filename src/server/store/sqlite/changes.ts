import type { ChangeKind, Changes } from '../ports/changes.ts';
import type { Database } from './open-database.ts';

export interface ToldChanges extends Changes {
  /** Before an installation is revoked. */
  tellRevocation(): void;
  /** Runs what writes and tells nothing new. */
  unnoticed(act: () => void): void;
}

/**
 * SQLite counts: what this connection has changed, and how often others have committed. So nothing is done when something is written, and
 * everything is known when somebody looks.
 */
export function buildChanges(database: Database): ToldChanges {
  const byOthers = database.prepare<[], number>('PRAGMA data_version').pluck();
  const byUs = database.prepare<[], number>('SELECT total_changes()').pluck();
  const countOthers = (): number => byOthers.get() ?? 0;
  const countOurs = (): number => byUs.get() ?? 0;
  const listeners: Record<ChangeKind, (() => void)[]> = { anything: [], revocations: [] };
  const seen = { others: countOthers(), ours: countOurs() };
  const tell = (kind: ChangeKind): void => {
    for (const listener of listeners[kind]) listener();
  };

  return {
    subscribe(kind, listener) {
      listeners[kind].push(listener);
    },
    async look() {
      const [others, ours] = [countOthers(), countOurs()];
      const isForeign = others !== seen.others;
      const isNew = isForeign || ours !== seen.ours;
      Object.assign(seen, { others, ours });
      if (isNew) tell('anything');
      // What another process has written nobody here knows.
      if (isForeign) tell('revocations');
    },
    tellRevocation() {
      tell('revocations');
    },
    unnoticed(act) {
      const before = countOurs();
      try {
        act();
      } finally {
        seen.ours += countOurs() - before;
      }
    },
  };
}
