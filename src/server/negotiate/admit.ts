import type { Invitation } from '../../microbizz/domain/invitation.ts';
import { isLoopback } from '../../microbizz/domain/hosts.ts';
import { Refusal } from '../errors.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Begun, Connections } from '../store/ports/connections.ts';
import type { Invitations } from '../store/ports/invitations.ts';
import { readInvitation, readReconnect } from './connect-links.ts';

/** The permission to begin a connection, with its conditions. */
export type Admitted = Pick<Begun, 'invitation' | 'reconnects'> & {
  /** Where it leads unless the address says otherwise. */
  readonly solution: string | undefined;
};

export interface AdmitServices {
  readonly keyring: Keyring;
  readonly connections: Pick<Connections, 'findTenant'>;
  readonly invitations: Invitations;
  readonly now: () => number;
}

export const ended = {
  unknown: new Refusal('unknown-key', 'This link was not made by this server. Ask whoever runs the app for another.'),
  used: new Refusal('already-used', 'This link was used already: it is good for one connection.'),
  expired: new Refusal('expired', 'This link has expired: it is good for 7 days.'),
  takenBack: new Refusal('expired', 'This link was taken back by whoever runs the app.'),
};

/** The link in the address of /connect; undefined where there is none. Opening it uses nothing up: mail programs and reloads do that too. */
export async function admit(
  services: AdmitServices,
  query: { readonly invitation?: unknown; readonly reconnect?: unknown },
): Promise<Admitted | undefined> {
  const { keyring, invitations, connections, now } = services;
  const { invitation: key, reconnect: sealed } = query;
  if (sealed !== undefined) {
    const link = typeof sealed === 'string' ? readReconnect(keyring, sealed) : undefined;
    const tenant = link && (await connections.findTenant(link.tenantId));
    if (link === undefined || tenant === undefined) throw ended.unknown;
    if (link.expiresAt <= now()) throw ended.expired;
    if ((await invitations.find(link.id)) !== undefined) throw ended.used;
    return { invitation: link, reconnects: tenant.id, solution: tenant.solution };
  }
  if (key === undefined) return undefined;
  const id = typeof key === 'string' ? readInvitation(keyring, key) : undefined;
  const invitation = id === undefined ? undefined : await invitations.find(id);
  if (invitation === undefined) throw ended.unknown;
  const over = whyOver(invitation, now());
  if (over !== undefined) throw over;
  return { invitation, reconnects: undefined, solution: solutionAt(invitation.host) };
}

function whyOver({ usedBy, takenBackAt, expiresAt }: Invitation, now: number): Refusal | undefined {
  if (takenBackAt !== undefined) return ended.takenBack;
  if (usedBy !== undefined) return ended.used;
  return expiresAt <= now ? ended.expired : undefined;
}

function solutionAt(host: string | undefined): string | undefined {
  if (host === undefined) return undefined;
  return `${isLoopback(new URL(`http://${host}`).hostname) ? 'http' : 'https'}://${host}`;
}
