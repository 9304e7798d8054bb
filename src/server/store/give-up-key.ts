import type { Keyring } from '../keys/keyring.ts';
import type { Replacement, SealedRows } from './ports/sealed.ts';
import { opensSecret, opensToken, sealToken } from './seal.ts';

/**
 * For a key that is lost for good: replaces everything that no key opens any more. Accesstokens become empty ones, which Microbizz
 * refuses, so that each tenant is asked to reconnect; forwards lose their secrets. Events and all else stay.
 */
export function giveUpKey({ tokens, forwards }: SealedRows, keyring: Keyring): Replacement {
  const lost = tokens.filter((token) => !opensToken(keyring, token));
  const closed = forwards.filter(({ id, secrets }) => secrets.some((secret) => !opensSecret(keyring, id, secret)));
  return {
    tokens: lost.map(({ installationId, inUse }) => ({ ...sealToken(keyring, installationId, ''), inUse })),
    forwards: closed.map(({ id }) => id),
  };
}
