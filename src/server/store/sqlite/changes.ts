import type { ChangeCounts } from '../ports/changes.ts';
import type { Database } from './open-database.ts';

export interface CountedChanges {
  count(): ChangeCounts;
  /** Runs a write that is not counted. */
  uncounted(act: () => void): void;
}

/**
 * SQLite counts the changes of this connection, and the commits of others. So a write costs nothing, and
 * everything is known when somebody asks.
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
      // Both only rise. The kind of another process's writes is not known here; revocations by this one are signalled where they are done.
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
