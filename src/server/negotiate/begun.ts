import { z } from 'zod';
import type { Keyring } from '../keys/keyring.ts';
import type { Begun } from '../store/ports/connections.ts';

/** As short as can be: whether Microbizz keeps a URL of more than 255 characters is not known. */
const Sealed = z.tuple([
  z.string(),
  z.number(),
  z.union([z.tuple([]), z.tuple([z.string(), z.number()])]),
  z.number().optional(),
]);
const idLength = 22;

/**
 * A connection that was begun is in the keys of its own URLs until Microbizz negotiates: a visit to /connect makes the server store
 * nothing. A key is the installation's id, and the rest, sealed for this id and for `purpose`: the one URL that it is for.
 */
export function sealBegun(keyring: Keyring, begun: Begun, purpose: string): string {
  const { id, solution, expiresAt, invitation, reconnects } = begun;
  const link = invitation === undefined ? [] : [invitation.id, invitation.expiresAt];
  const rest = [solution, expiresAt, link, ...(reconnects === undefined ? [] : [reconnects])];
  return id + keyring.seal(JSON.stringify(rest), `${purpose} ${id}`);
}

/** Undefined for any text that this server did not seal for this purpose. */
export function openBegun(keyring: Keyring, key: string, purpose: string): Begun | undefined {
  const id = key.slice(0, idLength);
  const sealed = keyring.unseal(key.slice(idLength), `${purpose} ${id}`);
  if (sealed === undefined) return undefined;
  const [solution, expiresAt, [invitationId, ends], reconnects] = Sealed.parse(JSON.parse(sealed));
  const invitation =
    invitationId === undefined || ends === undefined ? undefined : { id: invitationId, expiresAt: ends };
  return { id, solution, expiresAt, invitation, reconnects };
}
