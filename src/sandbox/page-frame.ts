import { isEvent, listLiveHooks } from './live-hooks.ts';
import type { SandboxState } from './sandbox-state.ts';

/** What the layout needs on every page. The menu comes from the hooks of the connected apps, nothing of it is written here. */
export function frameOf(state: SandboxState, title: string, path: string): Record<string, unknown> {
  const counts = new Map<string, number>();
  const menus = listLiveHooks(state)
    .filter((hook) => hook.hook === 'menu')
    .map(({ modcode, title: text }) => {
      const n = counts.get(modcode) ?? 0;
      counts.set(modcode, n + 1);
      return { modcode, text, href: `/menu/${encodeURIComponent(modcode)}/${n}` };
    });
  const actingUser = state.users.find((user) => user.id === state.actingUserId);
  return { title, path, menus, actingUser, contract: state.contract, broken: listActiveFaults(state), isEvent };
}

/** So that nobody looks for an error in their own server that a forgotten switch makes. */
function listActiveFaults({ faults }: SandboxState): string[] {
  const active = faults.api === 'none' ? [] : [`API: ${faults.api}`];
  return faults.negotiate === 'none' ? active : [...active, `negotiate: ${faults.negotiate}`];
}
