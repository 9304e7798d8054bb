import type { Arrival, Rejection } from '../../../src/microbizz/domain/event.ts';
import { Secret } from '../../../src/microbizz/domain/secret.ts';
import type { Forward } from '../../../src/server/store/ports/forwards.ts';
import { describeEvent } from '../../../src/server/history/describe-event.ts';
import type { Claimed, ClaimRequest, Ending, Room, Unsorted } from '../../../src/server/store/ports/inbox.ts';
import type { EventState } from '../../../src/server/store/ports/operator.ts';
import { sortEvent } from '../../../src/server/inbox/sort-event.ts';
import type { Begun } from '../../../src/server/store/ports/connections.ts';
import type { Store } from '../../../src/server/store/ports/store.ts';
import type { TestDatabase } from '../open-store.ts';

export interface World {
  readonly database: TestDatabase;
  /** The first handle on it. */
  readonly store: Store;
}
/** Promises, and how each is asked. */
export type Chapter = Readonly<Record<string, (world: World) => Promise<void>>>;

export const invoice = { modcode: 'invoice', hook: 'event_invoice_line_change' };
export const edi = { modcode: 'invoice', hook: 'event_edi_change' };
export const todo = { modcode: 'todo', hook: 'event_product_use_change' };
/** 1 October 2026, noon in Denmark. */
export const noon = Date.parse('2026-10-01T10:00:00Z');
export const day = 86_400_000;

export function event(tenantId: number, object: unknown, more: Partial<Arrival> = {}): Arrival {
  return { ...invoice, tenantId, receivedAt: noon, fields: { object: JSON.stringify(object) }, ...more };
}

export function rejection(tenantId: number, more: Partial<Rejection> = {}): Rejection {
  const body = Buffer.from('no form');
  return { ...invoice, tenantId, receivedAt: noon, contentType: 'text/x', body, fault: 'not a form', ...more };
}

/** The next of what arrived, as the worker sorts it. */
export async function sortSome({ inbox }: Store, limit: number, handler = true): Promise<Unsorted[]> {
  const events = await inbox.listUnsorted(limit);
  await inbox.advance({ now: noon, sorted: events.map((each) => ({ ...sortEvent(each), handler })) });
  return events;
}

export async function sortAll(store: Store, handler = true): Promise<void> {
  while ((await sortSome(store, 1000, handler)).length > 0);
}

export async function describeAll({ describing }: Store): Promise<void> {
  for (;;) {
    const batch = await describing.listUndescribed(50);
    if (batch === undefined) return;
    await describing.describe(batch, batch.events.map(describeEvent));
  }
}

/** Stores and sorts; answers the ids. */
export async function receive(store: Store, ...arrivals: (Arrival | Rejection)[]): Promise<number[]> {
  const ids = await store.inbox.append(arrivals);
  await sortAll(store);
  return ids;
}

export const roomForAll: Room = {
  step: 1000,
  stepBytes: 1e9,
  perTarget: 1000,
  forwards: 1000,
  perForward: 1000,
  shares: new Map(),
  bytes: 1e9,
  tenantBytes: 1e9,
  underWay: new Map(),
  resting: [],
  suspects: 1000,
  alone: true,
};

export async function claim(
  { inbox }: Store,
  lease: string,
  { now = noon, room = roomForAll }: Partial<ClaimRequest> = {},
): Promise<Claimed[]> {
  return (await inbox.advance({ now, claim: { now, lease, room } })).claimed;
}

/** What there is to be claimed: exactly one. */
export async function claimOne(store: Store, lease: string, request: Partial<ClaimRequest> = {}): Promise<Claimed> {
  const [one, ...more] = await claim(store, lease, request);
  if (one === undefined || more.length > 0) throw new Error(`${more.length + (one ? 1 : 0)} were claimed, not one`);
  return one;
}

/** False when its lease was lost. */
export async function finish(
  { inbox }: Store,
  claimed: Claimed,
  ending: Ending = { kind: 'handled' },
  now = noon,
): Promise<boolean> {
  return (await inbox.advance({ now, finishes: [{ claimed, ending }] })).lost.length === 0;
}

/** Claims and handles until nothing is left. */
export async function handleAll(store: Store, now = noon): Promise<void> {
  for (let turn = 1; ; turn += 1) {
    const { inbox } = store;
    const claimed = await claim(store, `all/${turn}`, { now });
    if (claimed.length === 0) return;
    await inbox.advance({ now, finishes: claimed.map((one) => ({ claimed: one, ending: { kind: 'handled' } })) });
  }
}

export async function stateOf({ operator }: Store, id: number): Promise<EventState | undefined> {
  return (await operator.findEvent(id))?.state;
}
export async function statesOf(store: Store, ids: readonly number[]): Promise<(EventState | undefined)[]> {
  return Promise.all(ids.map((id) => stateOf(store, id)));
}
export const idsOf = (claimed: readonly Claimed[]): number[] => claimed.map(({ event: { id } }) => id);

export async function countersOf({ operator }: Store, tenantId: number): Promise<Record<string, number>> {
  const own = (await operator.counters()).filter((counter) => counter.tenantId === tenantId);
  return Object.fromEntries(own.map(({ name, value }) => [name, value]));
}

export const solution = 'https://a.microbizz.dk';
export const endpoint = `${solution}/api/endpoint.php`;

export function begin(id: string, more: Partial<Begun> = {}): Begun {
  return { id, solution, expiresAt: noon + day, invitation: undefined, reconnects: undefined, ...more };
}

/** A tenant, by its contract. */
export async function connect({ connections }: Store, contract = '2391'): Promise<number> {
  const id = `i-${contract}`;
  await connections.negotiate(begin(id), { endpoint, contract, accesstoken: new Secret(`token ${contract}`) }, noon);
  await connections.noteVerified(id, noon);
  const tenantId = (await connections.findInstallation(id))?.tenantId;
  if (tenantId === undefined) throw new Error('no tenant');
  return tenantId;
}

let urls = 0;
export async function addForward(
  { forwards }: Store,
  tenantId: number,
  { hooks = [], secret = 'whsec_1' }: { hooks?: readonly string[]; secret?: string } = {},
): Promise<Forward> {
  urls += 1;
  const url = `https://receiver.example/${urls}`;
  const added = await forwards.add({ tenantId, url, hooks, secret: new Secret(secret) }, 20);
  if (typeof added === 'string') throw new Error(added);
  return added;
}
