import { Secret } from '../../microbizz/domain/secret.ts';
import type { Credentials } from '../../microbizz/domain/tenant.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Connections } from './ports/connections.ts';
import type { Forward, ForwardStore, SealedForwards } from './ports/forwards.ts';
import type { Grants } from './ports/grants.ts';
import type { Sealed, SealedToken } from './ports/sealed.ts';
import { forwardRow, tokenRow } from './row-names.ts';

export function sealToken(keyring: Keyring, installationId: string, token: string): SealedToken {
  return { installationId, sealed: keyring.encrypt(token, tokenRow(installationId)) };
}

function openToken(keyring: Keyring, { installationId, sealed }: SealedToken): string {
  return keyring.decrypt(sealed, tokenRow(installationId));
}

function openSecret(keyring: Keyring, forwardId: number, sealed: Sealed): string {
  return keyring.decrypt(sealed, forwardRow(forwardId));
}

/** Whether a key of this keyring opens it. */
export function opensToken(keyring: Keyring, token: SealedToken): boolean {
  return opens(() => openToken(keyring, token));
}

export function opensSecret(keyring: Keyring, forwardId: number, sealed: Sealed): boolean {
  return opens(() => openSecret(keyring, forwardId, sealed));
}

function opens(open: () => string): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}

/** Accesstokens on their way into an adapter and out of it. A token is opened when, and as often as, it is needed. */
export function sealConnections(sealed: Connections<SealedToken>, keyring: Keyring): Connections {
  const open = <Of extends { readonly credentials: Credentials<SealedToken> }>({ credentials, ...rest }: Of) => {
    const accesstoken = new Secret(() => openToken(keyring, credentials.accesstoken));
    return { ...rest, credentials: { ...credentials, accesstoken } };
  };
  return {
    ...sealed,
    async findInstallation(id) {
      const found = await sealed.findInstallation(id);
      return found && open(found);
    },
    negotiate(begun, { accesstoken, ...credentials }, now) {
      const token = sealToken(keyring, begun.id, accesstoken.reveal());
      return sealed.negotiate(begun, { ...credentials, accesstoken: token }, now);
    },
    async findTenant(id) {
      const found = await sealed.findTenant(id);
      return found && open(found);
    },
    listTenants: async () => (await sealed.listTenants()).map(open),
  };
}

export function sealGrants(sealed: Grants<{ readonly accesstoken: SealedToken }>, keyring: Keyring): Grants {
  return {
    ...sealed,
    listAddresses: async (tenantId) =>
      (await sealed.listAddresses(tenantId)).map(({ accesstoken, ...address }) => ({
        ...address,
        underFirstKey: keyring.isUnderFirst(accesstoken.sealed, tokenRow(accesstoken.installationId)),
      })),
  };
}

/** The secrets of forwards, the same way. */
export function sealForwards(sealed: SealedForwards, keyring: Keyring): ForwardStore {
  const seal = (id: number, secret: Secret): Sealed => keyring.encrypt(secret.reveal(), forwardRow(id));
  const open = (forward: Forward<Sealed>): Forward => ({
    ...forward,
    secrets: forward.secrets.map(({ secret, until }) => ({
      secret: new Secret(openSecret(keyring, forward.id, secret)),
      until,
    })),
  });
  const { reserveId, ...others } = sealed;
  return {
    ...others,
    list: async (tenantId) => (await sealed.list(tenantId)).map(open),
    async find(id) {
      const found = await sealed.find(id);
      return found && open(found);
    },
    async add(forward, most) {
      const id = await reserveId();
      const added = await sealed.add(id, { ...forward, secret: seal(id, forward.secret) }, most);
      return typeof added === 'string' ? added : open(added);
    },
    rotateSecret: (id, secret, now, oldUntil) => sealed.rotateSecret(id, seal(id, secret), now, oldUntil),
  };
}
