import type { Keyring } from '../keys/keyring.ts';
import type { Adapter, Store } from './ports/store.ts';
import { sealConnections, sealForwards, sealGrants } from './seal.ts';
import { watchChanges } from './watch-changes.ts';

/** The rooms' store above any adapter: it seals secrets before they are stored, and signals writes to everything that caches reads. */
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
          // After the act: reads made during it are not kept. Also where it failed, because that may be in doubt.
          tell('revocations');
        }
      },
    },
  };
}
