import type { Arrival, Rejection } from '../../../src/microbizz/domain/event.ts';
import { hookPath } from '../../../src/microbizz/domain/hook.ts';
import type { Claimed, Ending, HandlingState } from '../../../src/server/store/ports/inbox.ts';

/** What the store should hold, as plainly as it can be said: no transaction, no index, no step. */
export interface Model {
  readonly events: Map<number, ModelEvent>;
  readonly handlings: Map<string, ModelHandling>;
  readonly objects: Map<string, ModelObject>;
  readonly forwards: Map<number, ModelForward>;
  /** `tenant name`, as the operator's counters. */
  readonly counters: Map<string, number>;
  /** Changes a day and hook that ever were: `tenant hook day`. */
  readonly days: Map<string, number>;
}

export interface ModelEvent {
  readonly id: number;
  readonly arrival: Arrival | Rejection;
  readonly objectId: string;
  readonly lane: string;
  /** Of the whole of it: equal means told again. */
  readonly content: string;
  sorted: boolean;
  /** As what the pages have it, which is settled when it is described. */
  described: 'change' | 'duplicate' | undefined;
  previousId: number | undefined;
}

export interface ModelHandling {
  readonly event: ModelEvent;
  readonly forwardId: number;
  state: HandlingState;
  attempt: number;
  /** 0: at once. */
  dueAt: number;
  pause: number;
  lease: string | undefined;
  fault: string | undefined;
  crashes: number;
  alone: number;
}

interface ModelObject {
  content: string | undefined;
  latestId: number;
}

export interface ModelForward {
  readonly tenantId: number;
  readonly hooks: readonly string[];
  paused: boolean;
  readonly attempts: { eventId: number; fault?: string }[];
}

export function newModel(): Model {
  return {
    events: new Map(),
    handlings: new Map(),
    objects: new Map(),
    forwards: new Map(),
    counters: new Map(),
    days: new Map(),
  };
}

export const isOpen = ({ state }: ModelHandling): boolean =>
  state === 'ready' || state === 'queued' || state === 'held';
export const handlingKey = (eventId: number, forwardId: number): string => `${eventId}/${forwardId}`;
const objectKey = ({ arrival, objectId }: ModelEvent): string => `${arrival.tenantId} ${hookPath(arrival)} ${objectId}`;

export function count({ counters }: Model, tenantId: number, name: string): void {
  const key = `${tenantId} ${name}`;
  counters.set(key, (counters.get(key) ?? 0) + 1);
}

export function arrive({ events }: Model, id: number, arrival: Arrival | Rejection, objectId: string): void {
  const { tenantId, modcode } = arrival;
  const lane = objectId === '' ? `${tenantId} ${hookPath(arrival)}` : `${tenantId} ${modcode} ${objectId}`;
  const content = 'fields' in arrival ? (arrival.fields['object'] ?? '') : '';
  events.set(id, { id, arrival, objectId, lane, content, sorted: false, described: undefined, previousId: undefined });
}

/** The first of a tenant's events that are not sorted yet, which is what comes next of it. */
export function nextUnsorted({ events }: Model, tenantId: number): ModelEvent | undefined {
  return [...events.values()].find(({ arrival, sorted }) => arrival.tenantId === tenantId && !sorted);
}

export function sortOne(model: Model, event: ModelEvent, hasHandler: boolean): void {
  const { arrival, objectId } = event;
  const { tenantId } = arrival;
  event.sorted = true;
  const isRejected = !('fields' in arrival);
  count(model, tenantId, isRejected ? 'rejected' : 'received');
  if (isRejected) return;
  const known = objectId === '' ? undefined : model.objects.get(objectKey(event));
  event.previousId = known?.latestId;
  if (known !== undefined && isTold(model, known, event, arrival)) {
    count(model, tenantId, 'duplicate');
    addHandling(model, event, 0, 'duplicate');
    return;
  }
  if (objectId !== '') model.objects.set(objectKey(event), { content: event.content, latestId: event.id });
  if (hasHandler) enqueue(model, event, 0);
  else {
    count(model, tenantId, 'handled');
    addHandling(model, event, 0, 'handled');
  }
  for (const [id, { tenantId: owner, hooks }] of model.forwards)
    if (owner === tenantId && (hooks.length === 0 || hooks.includes(hookPath(arrival)))) enqueue(model, event, id);
}

function isTold({ events }: Model, known: ModelObject, event: ModelEvent, { gapAfter }: Arrival): boolean {
  if (known.content === event.content) return true;
  if (gapAfter === undefined) return false;
  const latest = events.get(known.latestId);
  const askedAt = latest && 'fields' in latest.arrival ? latest.arrival.gapAfter : undefined;
  return (askedAt ?? known.latestId) > gapAfter || latest?.content === event.content;
}

export function addHandling(model: Model, event: ModelEvent, forwardId: number, state: HandlingState): ModelHandling {
  const blank = { attempt: 0, dueAt: 0, pause: 0, lease: undefined, fault: undefined, crashes: 0, alone: 0 };
  const added: ModelHandling = { event, forwardId, state, ...blank };
  model.handlings.set(handlingKey(event.id, forwardId), added);
  return added;
}

export function laneOf({ handlings }: Model, forwardId: number, lane: string): ModelHandling[] {
  return [...handlings.values()]
    .filter((each) => each.forwardId === forwardId && each.event.lane === lane && isOpen(each))
    .sort((a, b) => a.event.id - b.event.id);
}

function headState({ forwards }: Model, forwardId: number): HandlingState {
  return forwards.get(forwardId)?.paused === true ? 'held' : 'ready';
}

function enqueue(model: Model, event: ModelEvent, forwardId: number): void {
  const isFirst = laneOf(model, forwardId, event.lane).length === 0;
  addHandling(model, event, forwardId, isFirst ? headState(model, forwardId) : 'queued');
}

export function promote(model: Model, forwardId: number, lane: string): void {
  const [first] = laneOf(model, forwardId, lane);
  if (first?.state !== 'queued') return;
  first.state = headState(model, forwardId);
  first.dueAt = 0;
}

/** What may be claimed now: suspects, or the others. */
export function claimable(model: Model, now: number, { suspects }: { suspects: boolean }): ModelHandling[] {
  return [...model.handlings.values()].filter(
    (each) =>
      each.state === 'ready' &&
      each.lease === undefined &&
      each.dueAt <= now &&
      each.crashes > 0 === suspects &&
      model.forwards.get(each.forwardId)?.paused !== true,
  );
}

/** False when its lease is lost. */
export function endOne(model: Model, { event: { id }, forwardId, lease }: Claimed, ending: Ending): boolean {
  const handling = model.handlings.get(handlingKey(id, forwardId));
  if (handling?.lease !== lease) return false;
  handling.lease = undefined;
  if (ending.kind === 'returned') {
    Object.assign(handling, { dueAt: 0, pause: 0 });
    return true;
  }
  Object.assign(handling, { crashes: 0, alone: 0, fault: 'fault' in ending ? ending.fault : undefined });
  if (ending.kind !== 'postponed') handling.attempt += 1;
  if ('dueAt' in ending) Object.assign(handling, { dueAt: ending.dueAt, pause: ending.pause });
  const { tenantId } = handling.event.arrival;
  if (ending.kind === 'retry') count(model, tenantId, 'retried');
  if (ending.kind === 'held') Object.assign(handling, { dueAt: 0, pause: 0 });
  if (ending.kind === 'handled' || ending.kind === 'dead') close(model, handling, ending);
  if (ending.kind !== 'postponed')
    model.forwards.get(forwardId)?.attempts.unshift({ eventId: id, ...('fault' in ending && { fault: ending.fault }) });
  return true;
}

function close(model: Model, handling: ModelHandling, ending: Ending & { kind: 'handled' | 'dead' }): void {
  const { event, forwardId } = handling;
  handling.state = ending.kind;
  promote(model, forwardId, event.lane);
  count(model, event.arrival.tenantId, ending.kind === 'dead' ? 'dead' : forwardId === 0 ? 'handled' : 'forwarded');
  if (ending.kind === 'dead' || ending.refusal === undefined) return;
  handling.fault = ending.refusal;
  const known = model.objects.get(objectKey(event));
  if (known?.latestId === event.id) known.content = undefined;
}

/** What the app was handling is a suspect from now on; forwards are due at once. */
export function crashOne(model: Model, handling: ModelHandling, onlySuspect: boolean, now: number): void {
  handling.lease = undefined;
  if (handling.forwardId !== 0) {
    Object.assign(handling, { dueAt: 0, pause: 0 });
    return;
  }
  handling.crashes += 1;
  if (onlySuspect) handling.alone += 1;
  const pause = crashPauses[handling.alone];
  if (pause !== undefined) {
    Object.assign(handling, { pause, dueAt: now + pause });
    return;
  }
  handling.state = 'dead';
  promote(model, 0, handling.event.lane);
  count(model, handling.event.arrival.tenantId, 'dead');
}
export const crashPauses = [1000, 2000, 3000];

/** Takes an event away, with all that tells of it but the counts of its day. */
export function removeOne(model: Model, event: ModelEvent): boolean {
  const own = [...model.handlings.values()].filter((each) => each.event === event);
  if (!event.sorted || own.some(isOpen)) return false;
  for (const { forwardId } of own) model.handlings.delete(handlingKey(event.id, forwardId));
  for (const forward of model.forwards.values())
    forward.attempts.splice(0, Infinity, ...forward.attempts.filter(({ eventId }) => eventId !== event.id));
  if (model.objects.get(objectKey(event))?.latestId === event.id) model.objects.delete(objectKey(event));
  model.events.delete(event.id);
  return true;
}

/** Whether it goes back into its lane, or is there already. */
export function replayOne(model: Model, event: ModelEvent, forwardId: number): boolean {
  const app = model.handlings.get(handlingKey(event.id, 0));
  if (forwardId !== 0 && model.forwards.get(forwardId)?.tenantId !== event.arrival.tenantId) return false;
  if (app === undefined) return false;
  const known = model.handlings.get(handlingKey(event.id, forwardId));
  const handling = known ?? addHandling(model, event, forwardId, 'handled');
  if (handling.state === 'queued' || handling.state === 'held' || handling.lease !== undefined) return true;
  Object.assign(handling, { attempt: 0, alone: 0, dueAt: 0, pause: 0 });
  if (handling.state === 'ready') return true;
  Object.assign(handling, { state: 'queued', fault: undefined });
  const lane = laneOf(model, forwardId, event.lane);
  if (lane.every(({ state }) => state === 'queued')) promote(model, forwardId, event.lane);
  return true;
}

export function removeForward(model: Model, id: number): void {
  for (const [key, each] of model.handlings) if (each.forwardId === id && isOpen(each)) model.handlings.delete(key);
  model.forwards.delete(id);
}

export function settle(model: Model, id: number): void {
  const paused = model.forwards.get(id)?.paused === true;
  for (const each of model.handlings.values()) {
    if (each.forwardId !== id) continue;
    if (paused && each.state === 'ready') each.state = 'held';
    else if (!paused && each.state === 'held') {
      Object.assign(each, { state: 'ready', dueAt: 0, pause: 0 });
      if (each.lease === undefined) each.attempt = 0;
    }
  }
}
