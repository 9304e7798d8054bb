import type { ChangeCounts } from '../ports/changes.ts';
import type { Database } from './open-database.ts';

export interface CountedChanges {
  count(): ChangeCounts;
  /** Runs what writes and is not counted. */
  uncounted(act: () => void): void;
}

/**
 * SQLite counts: what this connection has changed, and how often others have committed. So nothing is done when something is written, and
 * everything is known when somebody looks.
 */
export function buildChanges(database: Database): CountedChanges {
  const byOthers = database.prepare<[], number>('PRAGMA data_version').pluck();
  const byUs = database.prepare<[], number>('SELECT total_changes()').pluck();
  const countOthers = (): number => byOthers.get() ?? 0;
  const countOurs = (): number => byUs.get() ?? 0;
  let uncounted = 0;

  return {
    count() {
      const others = countOthers();
      // Both only rise. What another process has written nobody here knows; what this one revokes is told where it is done.
      return { anything: others + countOurs() - uncounted, revocations: others };
    },
    uncounted(act) {
      const before = countOurs();
      try {
        act();
      } finally {
        uncounted += countOurs() - before;
      }
    },
  };
}
