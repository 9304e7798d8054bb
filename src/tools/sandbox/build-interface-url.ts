import { findHooks } from './live-hooks.ts';
import { openSession } from './open-session.ts';
import type { SandboxState } from './sandbox-state.ts';

/**
 * The address that the iframe gets: the registered url with the hook's variables and a fresh sessiontoken. The registered text is kept
 * as it is (URLSearchParams would rewrite a query that is there already), and `n` chooses among hooks of the same name.
 */
export function buildInterfaceUrl(
  state: SandboxState,
  modcode: string,
  hook: string,
  userid: number,
  variables: Readonly<Record<string, string>> = {},
  n = 0,
): string | undefined {
  const registered = findHooks(state, modcode, hook)[n];
  if (registered === undefined) return undefined;
  const [address = '', fragment] = registered.url.split('#', 2);
  const added = new URLSearchParams({ ...variables, sessiontoken: openSession(state, userid) });
  const joint = !address.includes('?') ? '?' : /[?&]$/.test(address) ? '' : '&';
  return `${address}${joint}${added.toString()}${fragment === undefined ? '' : `#${fragment}`}`;
}
