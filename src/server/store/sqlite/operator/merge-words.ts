import type { Database } from '../open-database.ts';

/** Pages that one piece writes: some 4 ms. */
const pages = 4;
/** Of a segment's words, the share in percent that belongs to removed changes, from which it is merged. */
const removedShare = 10;

/**
 * Removes the words of removed changes from the index, a piece at a time; true while there may be more. FTS5 would do it with the removal
 * that makes too many of them, all at once: 400 ms for 10,000 of 50,000 changes, and all writes would wait for it.
 */
export function buildMergeWords(database: Database): () => boolean {
  const setShare = (percent: number) =>
    database.prepare(`INSERT INTO words (words, rank) VALUES ('deletemerge', ${percent})`);
  const [allow, forbid] = [setShare(removedShare), setShare(0)];
  const merge = database.prepare(`INSERT INTO words (words, rank) VALUES ('merge', ${pages})`);
  const countChanges = database.prepare<[], number>('SELECT total_changes()').pluck();
  return () => {
    allow.run();
    const before = countChanges.get() ?? 0;
    merge.run();
    // sqlite.org/fts5.html, "The 'merge' Command": fewer than two rows were written when there was nothing to do.
    const isDone = (countChanges.get() ?? 0) - before < 2;
    forbid.run();
    return !isDone;
  };
}
