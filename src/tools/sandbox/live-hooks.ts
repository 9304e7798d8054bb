import type { Hook } from './read-connect-request.ts';
import type { Connection, SandboxState } from './sandbox-state.ts';

/** The connections whose hooks are in force. Silverstripe's module sends its whole list each time, so `replace` is the default. */
export function findLiveConnections(state: SandboxState): readonly Connection[] {
  return state.faults.reconnect === 'add' ? state.connections : state.connections.slice(-1);
}

export function findHooks(state: SandboxState, modcode: string, hook: string): Hook[] {
  return listLiveHooks(state).filter((each) => each.modcode === modcode && each.hook === hook);
}

export function listLiveHooks(state: SandboxState): Hook[] {
  return findLiveConnections(state).flatMap((connection) => connection.hooks);
}

/** The catalogue's event hooks all begin so; a hook that it does not list is taken by its name, too. */
export function isEvent(hook: Hook): boolean {
  return hook.hook.startsWith('event_');
}

/** Knows the accesstoken? Whether a reconnect kills the old one is undocumented, hence the switch. */
export function isIssuedToken(state: SandboxState, accesstoken: unknown): boolean {
  const valid = state.faults.oldTokens === 'die' ? state.connections.slice(-1) : state.connections;
  const found = valid.find((connection) => connection.accesstoken === accesstoken);
  return found !== undefined && !state.refusedTokens.has(found.accesstoken);
}

/** From now on every call with a token given out so far is an envelope error, as presumably with a cancelled one. */
export function refuseTokens(state: SandboxState): void {
  for (const { accesstoken } of state.connections) state.refusedTokens.add(accesstoken);
}
