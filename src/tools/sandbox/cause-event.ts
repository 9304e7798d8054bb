import type { SandboxState } from './sandbox-state.ts';
import { sendEvent } from './send-event.ts';

/**
 * Sends the event that a command caused, after its answer and after the events before it: the app's handler may be waiting for that
 * answer. What Microbizz sends first, and whether it waits, is undocumented.
 */
export function causeEvent(
  state: SandboxState,
  modcode: string,
  hook: string,
  variables: Readonly<Record<string, unknown>>,
): void {
  // As it is now: the object may change again before its turn comes.
  const frozen = structuredClone(variables);
  state.sending = state.sending.then(async () => {
    await sendEvent(state, modcode, hook, frozen);
  });
}

/** Resolves when every event that commands have caused so far, or cause while this waits, was answered. */
export async function awaitSettled(state: SandboxState): Promise<void> {
  for (let sending; sending !== state.sending;) {
    sending = state.sending;
    await sending;
  }
}
