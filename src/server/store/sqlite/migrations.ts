import { describingBegun } from './migrations/describing-begun.ts';
import { eventNames } from './migrations/event-names.ts';
import { first } from './migrations/first.ts';
import { mergeDeletedWords } from './migrations/merge-deleted-words.ts';
import { pauseReasons } from './migrations/pause-reasons.ts';
import { packedBodies } from './migrations/packed-bodies.ts';
import { pagesAndGaps } from './migrations/pages-and-gaps.ts';
import { seenTime } from './migrations/seen-time.ts';
import { setbacks } from './migrations/setbacks.ts';
import { whoIsATenant } from './migrations/who-is-a-tenant.ts';
import { suspects } from './migrations/suspects.ts';
import { unsorted } from './migrations/unsorted.ts';

/** Append only: a step that has run somewhere is never edited. Its number is its place in the array. */
export const migrations: readonly string[] = [
  first,
  pagesAndGaps,
  eventNames,
  seenTime,
  setbacks,
  describingBegun,
  whoIsATenant,
  suspects,
  unsorted,
  pauseReasons,
  packedBodies,
  mergeDeletedWords,
];
