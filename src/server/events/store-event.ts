import type { Arrival, Rejection } from '../../microbizz/domain/event.ts';
import { Refusal } from '../errors.ts';
import type { Gatherer } from '../inbox/gather.ts';
import type { Connections } from '../store/ports/connections.ts';
import type { Sender } from './find-sender.ts';

export interface StoreServices {
  readonly connections: Pick<Connections, 'park'>;
  readonly gatherer: Gatherer;
  readonly now: () => number;
}

export type Content = Pick<Arrival, 'fields'> | Omit<Rejection, keyof Arrival>;

/** Resolves when it is safe on disk: with the event's id, or undefined for one that waits for its installation to be verified. */
export async function storeEvent(
  { connections, gatherer, now }: StoreServices,
  { source, definition }: Sender,
  content: Content,
  size: number,
): Promise<number | undefined> {
  const { modcode, hook } = definition;
  const arrival = { modcode, hook, receivedAt: now(), ...content };
  if ('tenantId' in source) return gatherer.add({ ...arrival, tenantId: source.tenantId }, size);
  if (await connections.park(source.installationId, arrival)) return undefined;
  throw new Refusal('unavailable', 'Too many events wait for this connection to be finished. Send it again later.');
}
