import { LRUCache } from 'lru-cache';
import type { Changes } from '../store/ports/changes.ts';

/** Keys remembered at most. */
const most = 10_000;

/** A read outside a transaction takes and releases SQLite's locks, 20 to 40 µs; checking whether anything was written since takes 3. */
export function rememberReads<Key extends string | number, Found>(
  changes: Changes,
  read: (key: Key) => Promise<Found>,
): (key: Key) => Promise<Found> {
  const remembered = new LRUCache<Key, Promise<Found>>({ max: most });
  changes.subscribe('anything', () => {
    // Clearing an empty one takes as long as clearing a full one: 10,000 places are written.
    if (remembered.size > 0) remembered.clear();
  });
  return async (key) => {
    await changes.look();
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const found = read(key);
    remembered.set(key, found);
    found.catch(() => remembered.delete(key));
    return found;
  };
}
