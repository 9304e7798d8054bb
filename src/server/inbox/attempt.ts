import { hookPath } from '../../microbizz/domain/hook.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';
import { charge } from '../strays.ts';
import type { AttemptPosted, Claimed } from '../store/ports/inbox.ts';

/** The outcome of one attempt. `retryAfter` in milliseconds. held: its forward has just been paused. `posted`: of a forward. */
export type Outcome =
  | { readonly kind: 'handled'; readonly refusal?: string; readonly posted?: AttemptPosted }
  | { readonly kind: 'failed'; readonly fault: string; readonly retryAfter?: number; readonly posted?: AttemptPosted }
  /** Something else has to be repaired first: it is tried again `after` ms, as often as it takes. */
  | { readonly kind: 'postponed'; readonly fault: string; readonly after: number }
  | { readonly kind: 'held'; readonly fault: string; readonly posted?: AttemptPosted };

/**
 * Runs one handling to its end, its time limit or the stop of the process, whichever comes first. Code that ignores its signal goes
 * on by itself, and its end is ignored.
 */
export async function attempt(
  claimed: Claimed,
  run: (claimed: Claimed, signal: AbortSignal) => Promise<Outcome>,
  time: number,
  stop: AbortSignal,
): Promise<Outcome | 'stopped'> {
  const limit = new AbortController();
  let onStop: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const cut = new Promise<Outcome | 'stopped'>((resolve) => {
    timer = setTimeout(() => {
      limit.abort();
      resolve({ kind: 'failed', fault: `It did not end within ${time / 1000} seconds.` });
    }, time);
    onStop = () => {
      limit.abort();
      resolve('stopped');
    };
    if (stop.aborted) onStop();
    else stop.addEventListener('abort', onStop);
  });
  const { event, forwardId, attempt: tries } = claimed;
  const about = { tenant: event.tenantId, hook: hookPath(event), event: event.id, forward: forwardId, attempt: tries };
  const work = charge(about, () => run(claimed, limit.signal)).catch((error: unknown): Outcome => ({
    kind: 'failed',
    fault: messageOf(error),
  }));
  try {
    return await Promise.race([work, cut]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}
