import type { Secret } from '../domain/secret.ts';
import { GoError } from './go-error.ts';

export interface TokenHolder {
  get(): Secret | undefined;
  set(token: Secret): void;
  /** A token other than the refused one: from an earlier renewal, or from one that all waiting requests share. */
  renewInsteadOf(refused: Secret | undefined): Promise<Secret | undefined>;
}

/** Keeps the access token of a client. Tokens "can be expected to expire anytime" (docs/protocol.md §6): `renew` is asked once for all that hit it. */
export function holdToken(first: Secret | undefined, renew: (() => Promise<Secret>) | undefined): TokenHolder {
  let token = first;
  let renewing: Promise<Secret> | undefined;

  async function ask(renewToken: () => Promise<Secret>): Promise<Secret> {
    try {
      return (token = await renewToken());
    } catch (cause) {
      throw new GoError('unauthorised', 'GO refuses the access token, and no new one could be got.', {
        status: 401,
        cause,
      });
    } finally {
      renewing = undefined;
    }
  }

  return {
    get: () => token,
    set(fresh) {
      token = fresh;
    },
    async renewInsteadOf(refused) {
      if (token !== refused) return token;
      return renew && (renewing ??= ask(renew));
    },
  };
}
