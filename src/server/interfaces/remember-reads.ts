import { LRUCache } from 'lru-cache';

/** Keys remembered at most. */
const most = 10_000;

/**
 * A read outside a transaction takes and releases SQLite's locks, 20 to 40 µs; to ask whether anything was written since takes 3.
 *
 * @param version changes whenever anything is written (Store.version)
 */
export function rememberReads<Key extends string | number, Found>(
  version: () => string,
  read: (key: Key) => Promise<Found>,
): (key: Key) => Promise<Found> {
  const remembered = new LRUCache<Key, Promise<Found>>({ max: most });
  let seen = '';
  return (key) => {
    const now = version();
    if (now !== seen) remembered.clear();
    seen = now;
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const found = read(key);
    remembered.set(key, found);
    found.catch(() => remembered.delete(key));
    return found;
  };
}
