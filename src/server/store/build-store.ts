import type { Keyring } from '../keys/keyring.ts';
import type { Adapter, Store } from './ports/store.ts';
import { sealConnections, sealForwards, sealGrants } from './seal.ts';
import { watchChanges } from './watch-changes.ts';

/** The store of the rooms above any adapter: what it stores of secrets is sealed, and what it writes is told to who remembers. */
export function buildStore(adapter: Adapter, keyring: Keyring): Store {
  const { changes, tell } = watchChanges(adapter);
  const grants = sealGrants(adapter.grants, keyring);
  return {
    ...adapter,
    changes,
    connections: sealConnections(adapter.connections, keyring),
    forwards: sealForwards(adapter.forwards, keyring),
    grants: {
      ...grants,
      async revoke(id, now) {
        try {
          return await grants.revoke(id, now);
        } finally {
          // After the act: what was read while it went on is not kept. Also where it failed, since that may be in doubt.
          tell('revocations');
        }
      },
    },
  };
}
