import { isEvent, listLiveHooks } from './live-hooks.ts';
import type { SandboxState } from './sandbox-state.ts';

/** What the layout needs on every page. The menu comes from the hooks of the connected apps, nothing of it is written here. */
export function frameOf(state: SandboxState, title: string, path: string): Record<string, unknown> {
  const menus = listItems(state, 'menu');
  const settings = listItems(state, 'settings');
  const actingUser = state.users.find((user) => user.id === state.actingUserId);
  return {
    title,
    path,
    menus,
    settings,
    actingUser,
    contract: state.contract,
    broken: listActiveFaults(state),
    isEvent,
  };
}

function listItems(state: SandboxState, kind: string): { modcode: string; text: string; href: string }[] {
  const counts = new Map<string, number>();
  return listLiveHooks(state)
    .filter((hook) => hook.hook === kind)
    .map(({ modcode, title: text }) => {
      const n = counts.get(modcode) ?? 0;
      counts.set(modcode, n + 1);
      return { modcode, text, href: `/${kind}/${encodeURIComponent(modcode)}/${n}` };
    });
}

/** So that nobody looks for an error in their own server that a forgotten switch makes. */
function listActiveFaults({ faults, refusedTokens }: SandboxState): string[] {
  return [
    ...(faults.api === 'none' ? [] : [`API: ${faults.api}`]),
    ...(faults.negotiate === 'none' ? [] : [`negotiate: ${faults.negotiate}`]),
    ...(faults.resumekey === 'plain' ? [] : [`resumekey: ${faults.resumekey}`]),
    ...(faults.go === 'none' ? [] : [`GO API: ${faults.go}`]),
    ...(refusedTokens.size === 0 ? [] : ['accesstokens refused']),
  ];
}
