import { attempt, type Outcome } from './attempt.ts';
import { appHandler, type Claimed, type Finish, type Taken } from '../store/ports/inbox.ts';
import { toEnding } from './to-ending.ts';
import type { WorkerState } from './worker-state.ts';

/** How many events of one lane follow each other without a step, and how many milliseconds each may take. */
const run = { events: 64, time: 50 };

/** Handles one event, and those behind it in its lane while they are quick. */
export async function carry(worker: WorkerState, first: Claimed): Promise<void> {
  const { shares, elapsed, limits, stopping } = worker;
  hold(worker, first.lease, 1);
  let claimed: Claimed | undefined = first;
  for (let number = 1; claimed !== undefined; number += 1) {
    shares.begin(claimed);
    const began = elapsed();
    const outcome: Outcome | 'stopped' =
      claimed.unreadable === undefined
        ? await attempt(claimed, worker.run, limits.time, stopping.signal)
        : { kind: 'failed', fault: claimed.unreadable };
    const ms = elapsed() - began;
    shares.end(claimed, { done: outcome !== 'stopped' && outcome.kind === 'handled', ms });
    claimed = await endOne(worker, claimed, outcome, ms < run.time && number < run.events);
  }
  hold(worker, first.lease, -1);
  worker.waker.nudge();
}

function hold({ underWay }: WorkerState, lease: string, more: 1 | -1): void {
  const count = (underWay.get(lease) ?? 0) + more;
  if (count === 0) underWay.delete(lease);
  else underWay.set(lease, count);
}

/** Leaves the ending to the next step; or notes it, and claims the next event of its lane. */
async function endOne(
  worker: WorkerState,
  claimed: Claimed,
  outcome: Outcome | 'stopped',
  quick: boolean,
): Promise<Claimed | undefined> {
  if (outcome === 'stopped') {
    // Left under its lease: releaseLeases deals with it.
    if (!worker.guilty || claimed.forwardId !== appHandler)
      worker.endings.push({ claimed: asTaken(claimed), ending: { kind: 'returned' } });
    return undefined;
  }
  const finish = { claimed: asTaken(claimed), ending: toEnding(worker, claimed, outcome) };
  if (quick && claimed.more && outcome.kind === 'handled' && !worker.stopped) {
    // Between two of them everybody else has a turn.
    await new Promise((resolve) => setImmediate(resolve));
    try {
      const { lost, next } = await worker.store.follow(finish, worker.now());
      tell(worker, [finish], lost ? [finish] : []);
      return next;
    } catch (err) {
      worker.log.error({ err }, 'inbox: the store failed; trying again');
    }
  }
  worker.endings.push(finish);
  return undefined;
}

/** Without its contents: an ending may wait for a step, and travel to another thread. */
function asTaken({ event, forwardId, attempt, lease, objectId }: Claimed): Taken {
  const { id, tenantId, modcode, hook, receivedAt } = event;
  return { event: { id, tenantId, modcode, hook, receivedAt }, forwardId, attempt, lease, objectId };
}

/** Reports the ending to everybody who waits for it, and to the log if it could not be noted. */
export function tell({ answers, log }: WorkerState, finishes: readonly Finish[], lost: readonly Finish[]): void {
  for (const { claimed, ending } of finishes)
    if (claimed.forwardId === appHandler) answers.settle(claimed.event.id, ending);
  for (const { claimed } of lost) {
    const about = { tenant: claimed.event.tenantId, event: claimed.event.id, forward: claimed.forwardId };
    log.warn(about, 'lease lost: what came of this attempt is not noted');
  }
}
