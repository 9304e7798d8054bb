import type { Follower } from '../history/follow-events.ts';
import type { Adapter } from '../store/ports/store.ts';
import type { Migrated } from '../store/sqlite/migrate.ts';
import { openSqliteStore } from '../store/sqlite/open-sqlite-store.ts';
import type { OpenedThread, Opening, Failure } from './messages.ts';
import type { Ports } from './queue.ts';

export interface WriterOptions {
  readonly tell: (failure: Failure) => void;
  /** Resolves when nothing waits to be written. */
  readonly idle: (worked: number) => Promise<void>;
}

/** Everything but the pages' questions; and the follower of the history, which writes more than all others, when there is nothing else to do. */
export async function openWriter({ path, keepCopy }: Opening, { tell, idle }: WriterOptions): Promise<OpenedThread> {
  const migrated: Migrated[] = [];
  const adapter = await openSqliteStore(path, { keepCopy, onMigrated: (done) => migrated.push(done) });
  const { countChanges, nameOf, checkWritable, tidyLog, close, ...ports } = adapter;
  const follower = buildFollower(adapter, { tell, idle });
  return {
    ports: {
      ...ports,
      follower: follower.acts,
      adapter: { countChanges, nameOf, checkWritable, tidyLog },
    } as unknown as Ports,
    migrated,
    done({ port, method }) {
      if (port === 'inbox' && method === 'advance') follower.nudge();
    },
    close,
  };
}

/** Its code is loaded when it begins: at a start, arriving events wait for this thread. */
function buildFollower({ describing }: Adapter, { tell, idle }: WriterOptions) {
  let follower: Follower | undefined;
  let close: (() => Promise<void>) | undefined;
  return {
    /** Sorted events may be described. */
    nudge: (): void => follower?.nudge(),
    acts: {
      async start(): Promise<void> {
        const { beginFollowing } = await import('./begin-following.ts');
        ({ follower, close } = beginFollowing(describing, { tell, idle }));
      },
      async stop(): Promise<void> {
        await follower?.stop();
        await close?.();
      },
    },
  };
}
