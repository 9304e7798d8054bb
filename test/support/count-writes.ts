import type { ChangeKind, Changes } from '../../src/server/store/ports/changes.ts';

/** How often the store has told of something that was written since. */
export async function countWrites(changes: Changes, kind: ChangeKind = 'anything'): Promise<() => Promise<number>> {
  await changes.look();
  let writes = 0;
  changes.subscribe(kind, () => {
    writes += 1;
  });
  return async () => {
    await changes.look();
    return writes;
  };
}
