import { expect } from 'vitest';
import type { Claimed, Ending } from '../../../src/server/store/ports/inbox.ts';
import type { EventFilter, Step } from '../../../src/server/store/ports/operator.ts';
import type { Store } from '../../../src/server/store/ports/store.ts';
import type { TestDatabase } from '../open-store.ts';
import type { Given } from './actions.ts';
import { handlingKey, type Model, type ModelEvent, type ModelForward, type ModelHandling } from './model.ts';

export interface Handle {
  readonly store: Store;
  readonly holder: string;
}

/** A history under way: what the store has been told, and what it should hold. */
export interface Run {
  readonly database: TestDatabase;
  /** Two processes: a killed one is replaced. */
  readonly handles: [Handle, Handle];
  readonly tenants: readonly number[];
  readonly model: Model;
  now: number;
  lives: number;
  claims: number;
  readonly held: Claimed[];
  readonly ended: Claimed[];
}

export const handleOf = (run: Run, by: number): Handle => run.handles[by === 0 ? 0 : 1];
export const storeOf = (run: Run, by: number): Store => handleOf(run, by).store;
export const pick = <T>(all: readonly T[], which: number): T | undefined => all[which % all.length];

export async function withForward(
  run: Run,
  which: number,
  act: (id: number, forward: ModelForward) => Promise<void>,
): Promise<void> {
  const found = pick([...run.model.forwards], which);
  if (found !== undefined) await act(...found);
}

export function takeOne(run: Run, claimed: Claimed, from: readonly ModelHandling[]): void {
  const {
    event: { id },
    forwardId,
    lease,
  } = claimed;
  const handling = from.find((each) => each.event.id === id && each.forwardId === forwardId);
  if (handling?.lease !== undefined || handling === undefined)
    throw new Error(`${id}/${forwardId} was not to be claimed`);
  const previous = run.model.events.get(handling.event.previousId ?? 0);
  expect([claimed.attempt, claimed.crashes, claimed.event.fields['object'], claimed.previous?.['object']]).toEqual([
    handling.attempt + 1,
    handling.crashes,
    handling.event.content,
    previous?.content,
  ]);
  handling.lease = lease;
  run.held.push(claimed);
}

export function isSame(a: Claimed, b: Claimed): boolean {
  return a.event.id === b.event.id && a.forwardId === b.forwardId && a.lease === b.lease;
}

export function letGo(run: Run, claimed: Claimed): void {
  run.held.splice(run.held.indexOf(claimed), 1);
  run.ended.push(claimed);
}

export function endingOf({ now }: Run, kind: Given<'finish'>['kind'], pause: number): Ending {
  const wait = { fault: `${kind} ${pause}`, dueAt: now + pause, pause };
  if (kind === 'refused') return { kind: 'handled', refusal: 'no' };
  if (kind === 'handled' || kind === 'returned') return { kind };
  return kind === 'retry' || kind === 'postponed' ? { kind, ...wait } : { kind, fault: kind };
}

export function filterOf(run: Run, { tenant, from, ...rest }: Given<'remove'>['filter']): EventFilter {
  const ids = from === undefined ? undefined : [...run.model.events.keys()].slice(from, from + 5);
  const tenantId = tenant === undefined ? undefined : run.tenants[tenant];
  return { ...rest, ...(ids && { ids }), ...(tenantId !== undefined && { tenantId }) };
}

export function select({ model: { events, handlings } }: Run, filter: EventFilter): ModelEvent[] {
  return [...events.values()].filter(({ id, arrival }) => {
    const handling = handlings.get(handlingKey(id, filter.forwardId ?? 0));
    const state = 'fields' in arrival ? (handling?.state ?? 'unsorted') : 'rejected';
    return (
      (filter.ids === undefined || filter.ids.includes(id)) &&
      (filter.tenantId === undefined || filter.tenantId === arrival.tenantId) &&
      (filter.state === undefined || filter.state === state)
    );
  });
}

export async function walk(step: (after: number) => Promise<Step>): Promise<[number, number]> {
  const sum: [number, number] = [0, 0];
  for (let after: number | undefined = 0; after !== undefined;) {
    const { next, done, skipped } = await step(after);
    sum[0] += done;
    sum[1] += skipped;
    after = next;
  }
  return sum;
}
