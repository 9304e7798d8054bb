import { openSqliteReader } from '../store/sqlite/open-sqlite-store.ts';
import type { OpenedThread, Opening } from './messages.ts';
import type { Ports } from './queue.ts';

/** The history alone: writing never waits for its reads. */
export function openReader({ path }: Opening): OpenedThread {
  const { history, close } = openSqliteReader(path);
  return { ports: { history } as unknown as Ports, migrated: [], done: () => undefined, close };
}
