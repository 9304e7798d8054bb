import { z } from 'zod';
import { invitationLife } from '../../microbizz/domain/invitation.ts';
import type { Keyring } from '../keys/keyring.ts';

const invitationPurpose = 'invitation';
const reconnectPurpose = 'reconnect';
const Sealed = z.tuple([z.string(), z.number(), z.number()]);

/** The link of a tenant's own page, as it was sealed. */
export interface Reconnect {
  readonly id: string;
  readonly tenantId: number;
  readonly expiresAt: number;
}

export interface ConnectLinks {
  /** For an invitation that is stored. */
  invite(invitationId: string): string;
  /** Reconnects this tenant, once, within 7 days. Making it writes nothing. */
  reconnect(tenantId: number): string;
  /** Where /connect is open to everybody. */
  open(solution: string): string;
}

export function buildConnectLinks(keyring: Keyring, publicUrl: string, now: () => number): ConnectLinks {
  const link = (name: string, value: string): string =>
    `${publicUrl}/connect?${new URLSearchParams({ [name]: value }).toString()}`;
  return {
    invite: (id) => link('invitation', keyring.mint(id, invitationPurpose)),
    reconnect(tenantId) {
      const sealed = [keyring.newInstallationId(), tenantId, now() + invitationLife];
      return link('reconnect', keyring.seal(JSON.stringify(sealed), reconnectPurpose));
    },
    open: (solution) => link('solution', solution),
  };
}

/** The id of the invitation in a link; undefined when this server did not make it. */
export function readInvitation(keyring: Keyring, key: string): string | undefined {
  return keyring.open(key, invitationPurpose);
}

export function readReconnect(keyring: Keyring, sealed: string): Reconnect | undefined {
  const text = keyring.unseal(sealed, reconnectPurpose);
  if (text === undefined) return undefined;
  const [id, tenantId, expiresAt] = Sealed.parse(JSON.parse(text));
  return { id, tenantId, expiresAt };
}
