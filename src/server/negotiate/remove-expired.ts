import type { Connections } from '../store/ports/connections.ts';
import type { Invitations } from '../store/ports/invitations.ts';

/** Milliseconds that installations are remembered which became no tenant's: those that Microbizz refused, and others. */
const refusedFor = 3_600_000;
const unusedFor = 7 * 86_400_000;
/** … and invitations that are over, for the operator's list. */
const overFor = 30 * 86_400_000;

/** Installations that are forgotten in one act: each may have a MiB parked. */
const atOnce = 5;

/** Forgets the connections that came to nothing, and the invitations to them, with `rest` between the acts. */
export async function removeExpired(
  { connections, invitations }: { readonly connections: Connections; readonly invitations: Invitations },
  now: number,
  rest: () => Promise<void>,
): Promise<void> {
  const before = { refused: now - refusedFor, unused: now - unusedFor };
  while (await connections.removeExpired(before, atOnce)) await rest();
  await invitations.removeExpired(now - overFor);
}
