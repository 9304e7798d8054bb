import { openAside } from '../aside/aside.ts';
import { buildEventJobs } from '../aside/event-jobs.ts';
import { startFollower, type Follower } from '../history/follow-events.ts';
import type { DescribeStore } from '../store/ports/descriptions.ts';
import { toPlain } from './messages.ts';
import type { WriterOptions } from './writer.ts';

/** History's follower beside the writing, with a thread of its own for large events. */
export function beginFollowing(
  store: DescribeStore,
  { tell, idle }: WriterOptions,
): { follower: Follower; close: () => Promise<void> } {
  const aside = openAside();
  const follower = startFollower({
    store,
    describe: buildEventJobs(aside).describe,
    rest: idle,
    log: {
      error(fields, message) {
        tell({ fields: 'err' in fields ? { ...fields, err: toPlain(fields.err) } : fields, message });
      },
    },
  });
  return { follower, close: aside.close };
}
