import { hookPath } from '../../microbizz/domain/hook.ts';
import type { Outcome } from './attempt.ts';
import { retryDelay } from './back-off.ts';
import type { Claimed, Ending, Wait } from '../store/ports/inbox.ts';
import type { WorkerState } from './worker-state.ts';

type Means = Pick<WorkerState, 'now' | 'random' | 'limits' | 'log'>;

/** Turns an outcome into an ending: final, or another attempt and when. Faults are logged. */
export function toEnding(worker: Means, claimed: Claimed, outcome: Outcome): Ending {
  if (outcome.kind === 'handled') return outcome;
  const { log, now } = worker;
  const { fault } = outcome;
  const { event, forwardId, attempt: tries } = claimed;
  const about = {
    tenant: event.tenantId,
    hook: hookPath(event),
    event: event.id,
    forward: forwardId,
    attempt: tries,
    fault,
  };
  if (outcome.kind === 'postponed') {
    log.warn({ ...about, again: outcome.after }, 'attempt failed: not counted');
    return { kind: 'postponed', fault, ...waitFor(outcome.after, now) };
  }
  if (outcome.kind === 'held') {
    log.warn(about, 'attempt failed: held until its forward is resumed');
    return outcome;
  }
  // An unreadable event stays unreadable: those behind it do not wait for it.
  const delay =
    claimed.unreadable === undefined
      ? retryDelay(claimed.attempt, worker.random, outcome.retryAfter, worker.limits.backOff)
      : undefined;
  if (delay === undefined) log.error(about, 'event is dead: the last attempt failed');
  else log.warn({ ...about, again: delay }, 'attempt failed');
  const ending = { fault, ...(outcome.posted && { posted: outcome.posted }) };
  return delay === undefined ? { kind: 'dead', ...ending } : { kind: 'retry', ...ending, ...waitFor(delay, now) };
}

function waitFor(pause: number, now: () => number): Wait {
  return { dueAt: now() + pause, pause };
}
