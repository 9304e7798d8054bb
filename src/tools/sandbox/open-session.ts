import type { SandboxState } from './sandbox-state.ts';

/** A fresh sessiontoken. That a token can be used more than once, and how long, is undocumented: here until /faults expires them. */
export function openSession(state: SandboxState, userid: number): string {
  const sessiontoken = state.mint(16);
  state.sessions.set(sessiontoken, userid);
  return sessiontoken;
}
