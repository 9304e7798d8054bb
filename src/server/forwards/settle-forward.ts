import { setImmediate } from 'node:timers/promises';
import type { ForwardStore, PauseReason } from '../store/ports/forwards.ts';

/** Rows in one transaction: some 3 ms, which an answer to Microbizz may have to wait for. */
const stepSize = 200;

/** Sets the heads of a forward's lanes aside, or brings them back, as its `paused` says. */
export async function settleForward(store: ForwardStore, id: number): Promise<void> {
  while ((await store.settle(id, stepSize)) > 0) await setImmediate();
}

/** Resolves when none of the forward's events is claimed any more. False when there is no such forward. */
export async function pauseForward(store: ForwardStore, id: number, reason: PauseReason): Promise<boolean> {
  const found = await store.pause(id, reason);
  if (found) await settleForward(store, id);
  return found;
}

/**
 * Paused first: if the process ends in the middle, a paused forward is left, which can be removed again, and no handling without
 * a forward.
 */
export async function removeForward(store: ForwardStore, id: number): Promise<boolean> {
  if (!(await store.pause(id, 'removing'))) return false;
  while (!(await store.removeSome(id, stepSize))) await setImmediate();
  return true;
}
