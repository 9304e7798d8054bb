import { expect } from 'vitest';
import { danishDay } from '../../../src/microbizz/domain/danish-day.ts';
import { hookPath, type HookName } from '../../../src/microbizz/domain/hook.ts';
import type { ChangeFilter, ChangeState } from '../../../src/server/store/ports/history.ts';
import type { Store } from '../../../src/server/store/ports/store.ts';
import type { Run } from './run.ts';
import { handlingKey, isOpen, type Model, type ModelEvent } from './model.ts';

const all = { limit: 10_000 };

/** Every event as the app and each forward has it, and what is known without looking at each. */
export async function check(run: Run, { operator, inbox }: Store): Promise<void> {
  const { model } = run;
  const listed = (await operator.listEvents({}, all)).reverse();
  expect(listed.map(({ id, state, attempt, fault, objectId }) => ({ id, state, attempt, fault, objectId }))).toEqual(
    [...model.events.values()].map((event) => seen(model, event, 0)),
  );
  for (const forwardId of model.forwards.keys()) {
    const theirs = (await operator.listEvents({ forwardId }, all)).reverse();
    expect(theirs.map(({ id, state, attempt, fault, objectId }) => ({ id, state, attempt, fault, objectId }))).toEqual(
      [...model.events.values()].map((event) => seen(model, event, forwardId)),
    );
  }
  const counters = (await operator.counters()).map(
    ({ tenantId, name, value }) => [`${tenantId} ${name}`, value] as const,
  );
  expect(new Map(counters)).toEqual(model.counters);
  const handlings = [...model.handlings.values()];
  expect((await inbox.listLeases()).toSorted()).toEqual(
    [...new Set(handlings.flatMap(({ lease }) => lease ?? []))].toSorted(),
  );
  const oldest = [...model.events.values()].find(
    (event) => !event.sorted || handlings.some((each) => each.event === event && isOpen(each)),
  );
  expect(await operator.oldestUnhandled()).toBe(oldest?.arrival.receivedAt);
  if ([...model.forwards.values()].some(({ paused }) => paused)) return;
  const due = handlings.filter(({ state, lease, dueAt }) => state === 'ready' && lease === undefined && dueAt > 0);
  expect(await inbox.nextDue()).toBe(due.length === 0 ? undefined : Math.min(...due.map(({ dueAt }) => dueAt)));
}

function seen({ handlings }: Model, { id, arrival, objectId }: ModelEvent, forwardId: number) {
  if (!('fields' in arrival)) return { id, state: 'rejected', attempt: 0, fault: arrival.fault, objectId: '' };
  const handling = handlings.get(handlingKey(id, forwardId));
  if (handling === undefined) return { id, state: 'unsorted', attempt: 0, fault: undefined, objectId: '' };
  return { id, state: handling.state, attempt: handling.attempt, fault: handling.fault, objectId };
}

function stateOf({ handlings }: Model, event: ModelEvent): ChangeState {
  const own = [...handlings.values()].filter((each) => each.event === event);
  if (own.some(({ state }) => state === 'dead')) return 'failed';
  return own.some(isOpen) ? 'waiting' : 'done';
}

/** Changes, newest first. */
function changesOf({ model }: Run, tenantId: number): ModelEvent[] {
  return [...model.events.values()]
    .filter(({ arrival, described }) => arrival.tenantId === tenantId && described === 'change')
    .reverse();
}

const isHook = (a: HookName, b: HookName): boolean => hookPath(a) === hookPath(b);

function matches(model: Model, event: ModelEvent, { hook, since, until, text, state, named }: ChangeFilter): boolean {
  const { arrival, content } = event;
  const words = Object.values(JSON.parse(content) as object).map(String);
  return (
    (hook === undefined || isHook(hook, arrival)) &&
    (since === undefined || arrival.receivedAt >= since) &&
    (until === undefined || arrival.receivedAt < until) &&
    (state === undefined || stateOf(model, event) === state) &&
    (named === undefined || content.includes(`"userid":${named.userid}`)) &&
    (text === undefined || text.split(' ').every((word) => words.includes(word)))
  );
}

/** What pages show: each filter against a look at every event. */
export async function checkHistory(run: Run, { history }: Store, filters: readonly ChangeFilter[]): Promise<void> {
  for (const tenantId of run.tenants) {
    const changes = changesOf(run, tenantId);
    for (const filter of [{}, ...filters]) {
      const found: number[] = [];
      for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined;) {
        const page = await history.listChanges(tenantId, filter, { limit: 3, before });
        found.push(...page.changes.map(({ eventId }) => eventId));
        before = page.next;
      }
      expect(found, JSON.stringify(filter)).toEqual(
        changes.filter((event) => matches(run.model, event, filter)).map(({ id }) => id),
      );
    }
    await checkCounts(run, history, tenantId, filters);
    for (const { arrival, objectId } of changes) {
      if (objectId === '') continue;
      const own = changes.filter((each) => each.objectId === objectId && isHook(each.arrival, arrival));
      expect(await history.findObject(tenantId, { ...arrival, objectId })).toMatchObject({
        latestId: own[0]?.id,
        changedAt: own[0]?.arrival.receivedAt,
        firstAt: own.at(-1)?.arrival.receivedAt,
      });
    }
  }
}

async function checkCounts(
  run: Run,
  history: Store['history'],
  tenantId: number,
  filters: readonly ChangeFilter[],
): Promise<void> {
  const days = { since: '2020-01-01', until: '2040-01-01' };
  const count = async (filter: ChangeFilter): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await history.countChanges(tenantId, filter, days)).days.map((each) => [
        `${tenantId} ${hookPath(each)} ${each.day}`,
        each.changes,
      ]),
    );
  const ever = [...run.model.days].filter(([key]) => key.startsWith(`${tenantId} `));
  expect(await count({})).toEqual(Object.fromEntries(ever));
  // Of a text or of what is not done, what is kept is counted.
  for (const filter of filters.filter(({ text, state }) => text !== undefined || (state ?? 'done') !== 'done')) {
    const untimed = { ...filter, since: undefined, until: undefined };
    const kept = changesOf(run, tenantId).filter((event) => matches(run.model, event, untimed));
    const groups = Object.groupBy(
      kept,
      ({ arrival }) => `${tenantId} ${hookPath(arrival)} ${danishDay(arrival.receivedAt)}`,
    );
    const expected = Object.entries(groups).map(([key, group]) => [key, group?.length ?? 0]);
    expect(await count(untimed), JSON.stringify(untimed)).toEqual(Object.fromEntries(expected));
  }
}

export async function checkAttempts({ model }: Run, { forwards }: Store): Promise<void> {
  for (const [id, { attempts }] of model.forwards) {
    const listed = await forwards.listAttempts(id, 1000);
    expect(listed.map(({ eventId, fault }) => ({ eventId, ...(fault !== undefined && { fault }) }))).toEqual(attempts);
  }
}
