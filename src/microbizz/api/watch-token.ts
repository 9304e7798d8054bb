import type { Credentials, Tenant } from '../domain/tenant.ts';

export interface TokenStore {
  findTenant(id: number): Promise<Tenant | undefined>;
  noteToken(id: number, refusedAt: number | undefined): Promise<void>;
}

/** Whether a token is accepted; `unknown` when no answer came. */
export type Echoed = 'taken' | 'refused' | 'unknown';

export interface TokenWatch {
  readonly credentials: () => Credentials;
  /** The tenant as it was just read: it may have been reconnected. */
  adopt(tenant: Tenant): void;
  /** False while the token is refused. */
  admit(): Promise<boolean>;
  /** An envelope was refused: was it for its token? `replaced`: the tenant has others, which have not been tried. */
  examine(used: Credentials): Promise<'taken' | 'refused' | 'replaced'>;
}

/**
 * Microbizz's answer to a dead token is not known, so a token counts as dead only when an envelope and then an Echo, alone, are refused.
 * From then on only a rare Echo is sent, until the tenant is reconnected, which the store knows.
 */
export function watchToken(
  tenant: Tenant,
  options: { store: TokenStore; echo(credentials: Credentials): Promise<Echoed>; now(): number; probeEvery: number },
): TokenWatch {
  const { store, echo, now, probeEvery } = options;
  let known = tenant;
  let echoedAt = -Infinity;
  let running: { credentials: Credentials; echoed: Promise<Echoed> } | undefined;

  /** Those who ask at the same time about the same token share one Echo. */
  function askOnce(credentials: Credentials): Promise<Echoed> {
    if (running !== undefined && isSame(running.credentials, credentials)) return running.echoed;
    echoedAt = now();
    const echoed = echo(credentials).finally(() => {
      running = undefined;
    });
    running = { credentials, echoed };
    return echoed;
  }
  async function note(refusedAt: number | undefined): Promise<void> {
    const { id, host, contract, credentials, solution } = known;
    known = { id, host, contract, credentials, solution, ...(refusedAt !== undefined && { refusedAt }) };
    await store.noteToken(tenant.id, refusedAt);
  }

  return {
    credentials: () => known.credentials,
    adopt(given) {
      // A cached tenant may lack the refusal; the store is asked whether it is still true.
      known = { ...known, ...given };
    },
    async admit() {
      if (known.refusedAt === undefined) return true;
      known = (await store.findTenant(tenant.id)) ?? known;
      if (known.refusedAt === undefined) return true;
      // A clock that is set back makes no pause longer.
      const since = now() - echoedAt;
      if (running === undefined && since >= 0 && since < probeEvery) return false;
      if ((await askOnce(known.credentials)) !== 'taken') return false;
      await note(undefined);
      return true;
    },
    async examine(used) {
      if ((await askOnce(used)) !== 'refused') return 'taken';
      const stored = await store.findTenant(tenant.id);
      if (stored !== undefined && !isSame(stored.credentials, used)) {
        known = stored;
        return 'replaced';
      }
      await note(stored?.refusedAt ?? now());
      return 'refused';
    },
  };
}

function isSame(one: Credentials, other: Credentials): boolean {
  if (one === other) return true;
  const { endpoint, contract, accesstoken } = one;
  return (
    endpoint === other.endpoint && contract === other.contract && accesstoken.reveal() === other.accesstoken.reveal()
  );
}
