import type { Follower } from '../history/follow-events.ts';
import type { Adapter } from '../store/ports/store.ts';
import type { MigrateOptions } from '../store/sqlite/migrate.ts';
import { beginStoreThread } from './begin-store-thread.ts';
import { callThread, type CalledThread } from './call-thread.ts';

export interface Threads {
  readonly adapter: Adapter;
  /** Begins to describe sorted events, beside the writing. */
  follow(log: { error(fields: object, message: string): void }): Follower;
}

/**
 * The SQLite adapter in two threads, so that nothing in it holds the thread that answers: one that writes, and one that reads the history,
 * where a search may take any time, begun with the first page. The same acts, each a message there and one back: some 40 µs of this thread.
 */
export async function openThreads(
  path: string,
  { keepCopy = true, onMigrated }: MigrateOptions = {},
): Promise<Threads> {
  let closed: Promise<unknown> | undefined;
  let logError = (_fields: object, _message: string): void => undefined;
  const writer = callThread(
    beginStoreThread(),
    { path, as: 'writer', keepCopy },
    {
      hear: ({ fields, message }) => {
        logError(fields, message);
      },
    },
  );
  const { acts, migrated } = await writer.ready;
  for (const done of migrated) onMigrated?.(done);
  let reader: CalledThread | undefined;
  const askReader = (): CalledThread => {
    if (reader !== undefined) return reader;
    const begun = callThread(beginStoreThread(), { path, as: 'reader', keepCopy });
    reader = begun;
    // It had nothing yet that others rely on: the next page begins another.
    begun.ready.catch(() => {
      reader = undefined;
    });
    return begun;
  };
  const ports = Object.entries(acts).map(([port, methods]) => [
    port,
    portOf(port === 'history' ? askReader : () => writer, port, methods),
  ]);
  const { adapter, ...named } = Object.fromEntries(ports) as Pick<Adapter, Port> & { adapter: Omit<Adapter, Port> };
  return {
    adapter: {
      ...named,
      ...adapter,
      async close() {
        await (closed ??= Promise.all([reader?.close(), writer.close()]));
      },
    },
    follow(log) {
      logError = (fields, message) => {
        log.error(fields, message);
      };
      const begun = writer.call('follower', 'start', []);
      begun.catch((err: unknown) => {
        logError({ err }, 'history: the follower could not be started');
      });
      return {
        // The writer notices sorted events by itself.
        nudge: () => undefined,
        async stop() {
          await writer.call('follower', 'stop', []);
        },
      };
    },
  };
}

/** The ports of an adapter, without its own acts. */
type Port = {
  [Name in keyof Adapter]: Adapter[Name] extends (...given: never) => unknown ? never : Name;
}[keyof Adapter];

/** Functions that ask the thread: by their names it finds the adapter's own. */
function portOf(
  ask: () => CalledThread,
  port: string,
  methods: readonly string[],
): Record<string, (...given: readonly unknown[]) => Promise<unknown>> {
  return Object.fromEntries(
    methods.map((method) => [method, (...given: readonly unknown[]) => ask().call(port, method, given)]),
  );
}
