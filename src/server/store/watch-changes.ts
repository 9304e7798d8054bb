import type { ChangeKind, Changes } from './ports/changes.ts';
import type { Adapter } from './ports/store.ts';

/** Signals an adapter's counted writes to this process's listeners. */
export function watchChanges({ countChanges }: Pick<Adapter, 'countChanges'>): {
  changes: Changes;
  tell(kind: ChangeKind): void;
} {
  const listeners: Record<ChangeKind, (() => void)[]> = { anything: [], revocations: [] };
  const seen: Record<ChangeKind, number | undefined> = { anything: undefined, revocations: undefined };
  function tell(kind: ChangeKind): void {
    for (const listener of listeners[kind]) listener();
  }
  return {
    changes: {
      subscribe(kind, listener) {
        listeners[kind].push(listener);
      },
      async look() {
        const counts = await countChanges();
        for (const kind of ['anything', 'revocations'] as const) {
          if (counts[kind] === seen[kind]) continue;
          seen[kind] = counts[kind];
          tell(kind);
        }
      },
    },
    tell,
  };
}
