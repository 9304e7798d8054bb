import type { Connections } from '../store/ports/connections.ts';
import type { Invitations } from '../store/ports/invitations.ts';

/** Milliseconds that installations are remembered which became no tenant's: those that Microbizz refused, and others. */
const refusedFor = 3_600_000;
const unusedFor = 7 * 86_400_000;
/** … and invitations that are over, for the operator's list. */
const overFor = 30 * 86_400_000;

/** Forgets the connections that came to nothing, and the invitations to them. */
export async function removeExpired(
  { connections, invitations }: { readonly connections: Connections; readonly invitations: Invitations },
  now: number,
): Promise<void> {
  await connections.removeExpired({ refused: now - refusedFor, unused: now - unusedFor });
  await invitations.removeExpired(now - overFor);
}
