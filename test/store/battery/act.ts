import { expect } from 'vitest';
import type { Arrival, Rejection } from '../../../src/microbizz/domain/event.ts';
import { describeEvent } from '../../../src/server/history/describe-event.ts';
import { sortEvent } from '../../../src/server/inbox/sort-event.ts';
import { danishDay } from '../../../src/microbizz/domain/danish-day.ts';
import { hookPath } from '../../../src/microbizz/domain/hook.ts';
import type { Action, Given } from './actions.ts';
import * as model from './model.ts';
import {
  endingOf,
  filterOf,
  handleOf,
  isSame,
  letGo,
  pick,
  select,
  storeOf,
  takeOne,
  walk,
  withForward,
  type Run,
} from './run.ts';
import { addForward, day, edi, event, rejection, roomForAll } from './world.ts';

type Acts = { [Kind in Action['do']]: (run: Run, given: Given<Kind>) => Promise<void> };

export async function act(run: Run, action: Action): Promise<void> {
  await (acts[action.do] as (run: Run, given: Action) => Promise<void>)(run, action);
}

const acts: Acts = {
  async append(run, { by, arrivals }) {
    const known = [0, ...run.model.events.keys()];
    const all = arrivals.map((given): { arrival: Arrival | Rejection; objectId: string } => {
      const tenantId = run.tenants[given.tenant] ?? 0;
      const more = { ...given.hook, receivedAt: run.now - given.early };
      if (given.isRejected) return { arrival: rejection(tenantId, more), objectId: '' };
      const object = { ...(given.object > 0 && { id: given.object }), text: `ord${given.value}`, userid: given.userid };
      const gap = given.gap === undefined ? {} : { gapAfter: known.at(-1 - given.gap) ?? 0 };
      return {
        arrival: event(tenantId, object, { ...more, ...gap }),
        objectId: given.object > 0 ? `${given.object}` : '',
      };
    });
    const ids = await storeOf(run, by).inbox.append(all.map(({ arrival }) => arrival));
    expect(Math.min(...ids), 'an id is higher than all before').toBeGreaterThan(Math.max(...known));
    const stored = all.map((each, at) => ({ ...each, id: ids[at] ?? 0 }));
    // Of one tenant they rise in their order; those of several may change places.
    for (const { id, arrival, objectId } of stored.toSorted((a, b) => a.id - b.id))
      model.arrive(run.model, id, arrival, objectId);
  },

  async sort(run, { by, limit }) {
    const { inbox } = storeOf(run, by);
    const events = await inbox.listUnsorted(limit);
    const isWaiting = [...run.model.events.values()].some(({ sorted }) => !sorted);
    expect(events.length > 0, 'what is unsorted is listed').toBe(isWaiting);
    const hasHandler = (hook: string): boolean => hook !== edi.hook;
    const sorted = events.map((each) => ({ ...sortEvent(each), handler: hasHandler(each.hook) }));
    await inbox.advance({ now: run.now, sorted });
    for (const { id, tenantId, hook } of events) {
      const next = model.nextUnsorted(run.model, tenantId);
      expect(next?.id, 'a tenant’s events are sorted in their order').toBe(id);
      if (next !== undefined) model.sortOne(run.model, next, hasHandler(hook));
    }
    for (const tenantId of run.tenants) {
      const left = [...run.model.events.values()].filter((each) => each.arrival.tenantId === tenantId && !each.sorted);
      expect(await inbox.countUnsorted(tenantId)).toBe(left.length);
    }
  },

  async describe(run, { by, limit }) {
    const { describing } = storeOf(run, by);
    const batch = await describing.listUndescribed(limit);
    if (batch === undefined) return;
    expect(await describing.describe(batch, batch.events.map(describeEvent))).toBe(true);
    for (const { id } of batch.events) {
      const described = run.model.events.get(id);
      expect(described, 'what is described is sorted, and was not described before').toMatchObject({
        sorted: true,
        described: undefined,
      });
      if (described === undefined) continue;
      const isDuplicate = run.model.handlings.get(model.handlingKey(id, 0))?.state === 'duplicate';
      described.described = isDuplicate ? 'duplicate' : 'change';
      if (isDuplicate) continue;
      const { tenantId, receivedAt } = described.arrival;
      const key = `${tenantId} ${hookPath(described.arrival)} ${danishDay(receivedAt)}`;
      run.model.days.set(key, (run.model.days.get(key) ?? 0) + 1);
    }
  },

  async claim(run, { by, perTarget, suspects, alone }) {
    run.claims += 1;
    const lease = `${handleOf(run, by).holder}/${run.claims}`;
    const room = { ...roomForAll, perTarget, forwards: 1e6, perForward: perTarget, suspects, alone };
    const [others, suspected] = [false, true].map((each) => model.claimable(run.model, run.now, { suspects: each }));
    const { claimed } = await storeOf(run, by).inbox.advance({ now: run.now, claim: { now: run.now, lease, room } });
    const targets = Map.groupBy(others ?? [], (each) => `${each.event.arrival.tenantId}/${each.forwardId}`);
    const calm = Map.groupBy(
      claimed.filter(({ crashes }) => crashes === 0),
      (each) => `${each.event.tenantId}/${each.forwardId}`,
    );
    const crashed = claimed.filter(({ crashes }) => crashes > 0);
    for (const [target, due] of targets) {
      // Suspects are taken first, and have their part of the room.
      const left = perTarget - crashed.filter((each) => `${each.event.tenantId}/${each.forwardId}` === target).length;
      expect(calm.get(target)?.length ?? 0).toBe(Math.max(0, Math.min(left, due.length)));
    }
    if (crashed.some(({ crashes }) => crashes > 1)) expect([crashed.length, alone]).toEqual([1, true]);
    else expect(crashed.length).toBeLessThanOrEqual(suspects);
    if (suspects > 0 && alone && (suspected ?? []).length > 0) expect(crashed.length).toBeGreaterThan(0);
    for (const one of claimed) takeOne(run, one, [...(others ?? []), ...(suspected ?? [])]);
  },

  async finish(run, { by, which, kind, pause }) {
    const claimed = pick(run.held, which);
    if (claimed === undefined) return;
    const ending = endingOf(run, kind, pause);
    const { lost } = await storeOf(run, by).inbox.advance({ now: run.now, finishes: [{ claimed, ending }] });
    expect(lost.length === 0, 'an ending is noted when its lease is held').toBe(
      model.endOne(run.model, claimed, ending),
    );
    letGo(run, claimed);
  },

  async follow(run, { by, which }) {
    const claimed = pick(run.held, which);
    if (claimed === undefined) return;
    const ending = { kind: 'handled' } as const;
    const { lost, next } = await storeOf(run, by).inbox.follow({ claimed, ending }, run.now);
    expect(!lost).toBe(model.endOne(run.model, claimed, ending));
    letGo(run, claimed);
    if (next === undefined) return;
    expect([lost, next.lease, next.forwardId]).toEqual([false, claimed.lease, claimed.forwardId]);
    const of = (id: number): string | undefined => run.model.events.get(id)?.lane;
    expect(of(next.event.id), 'what follows is of the same lane').toBe(of(claimed.event.id));
    takeOne(run, next, model.claimable(run.model, run.now, { suspects: false }));
  },

  async stale(run, { by, which, kind, pause }) {
    const claimed = pick(run.ended, which);
    // Replayed since, it may have followed another event under the same lease.
    if (claimed === undefined || run.held.some((each) => isSame(each, claimed))) return;
    const ending = endingOf(run, kind, pause);
    const { lost } = await storeOf(run, by).inbox.advance({ now: run.now, finishes: [{ claimed, ending }] });
    expect(lost.length, 'an ending whose lease is lost changes nothing').toBe(1);
  },

  async kill(run, { by }) {
    const dying = handleOf(run, by);
    await run.database.drop(dying.store);
    run.lives += 1;
    run.handles[by === 0 ? 0 : 1] = { store: await run.database.open(), holder: `p${run.lives}` };
    const { inbox } = storeOf(run, 1 - by);
    const leases = (await inbox.listLeases()).filter((lease) => lease.startsWith(`${dying.holder}/`));
    const isOf = ({ lease }: { lease: string | undefined }): boolean => lease?.startsWith(`${dying.holder}/`) === true;
    const lost = [...run.model.handlings.values()].filter(isOf);
    const suspects = lost.filter(({ forwardId, crashes }) => forwardId === 0 && crashes > 0);
    const charged = await inbox.releaseLeases(leases, { now: run.now, pauses: model.crashPauses });
    for (const each of lost) model.crashOne(run.model, each, suspects.length === 1 && suspects[0] === each, run.now);
    expect(charged.map(({ eventId }) => eventId).toSorted()).toEqual(
      lost.flatMap(({ event: { id }, forwardId }) => (forwardId === 0 ? [id] : [])).toSorted(),
    );
    for (const { eventId, dead } of charged)
      if (dead)
        Object.assign(run.model.handlings.get(model.handlingKey(eventId, 0)) ?? {}, {
          fault: expect.any(String) as string,
        });
    for (const claimed of run.held.filter(isOf)) letGo(run, claimed);
  },

  async clock(run, { ms }) {
    run.now += ms;
    if (ms > 0) return;
    await storeOf(run, 0).inbox.setBack(run.now, -ms);
    for (const each of run.model.handlings.values()) {
      if (each.state !== 'ready' || each.lease !== undefined || each.dueAt <= Math.max(0, run.now)) continue;
      const earlier = each.dueAt + ms;
      each.dueAt = earlier > run.now + each.pause ? 0 : Math.max(earlier, 0);
    }
  },

  async replay(run, { by, filter, forward }) {
    const forwardId = forward === undefined ? 0 : (pick([...run.model.forwards.keys()], forward) ?? 0);
    const { operator } = storeOf(run, by);
    const full = { ...filterOf(run, filter), ...(forwardId !== 0 && { forwardId }) };
    // Rejected ones have no lane: without a forward they are passed over.
    const selected = select(run, full).filter(({ arrival }) => forwardId !== 0 || 'fields' in arrival);
    const done = selected.filter((each) => model.replayOne(run.model, each, forwardId)).length;
    expect(await walk((after) => operator.replay(full, { after }))).toEqual([done, selected.length - done]);
  },

  async remove(run, { by, filter }) {
    const { operator } = storeOf(run, by);
    const full = filterOf(run, filter);
    const selected = select(run, full);
    const done = selected.filter((each) => model.removeOne(run.model, each)).length;
    expect(await walk((after) => operator.remove(full, { after }))).toEqual([done, selected.length - done]);
  },

  async retain(run, { by, days, tenant }) {
    const tenantId = tenant === undefined ? undefined : run.tenants[tenant];
    // A tenant's own retention may find what is sorted by its description.
    for (let left = 0; left < 99 && tenantId !== undefined; left += 1)
      await acts.describe(run, { do: 'describe', by, limit: 9 });
    const before = run.now - days * day;
    const old = [...run.model.events.values()].filter(
      ({ id, arrival, described }) =>
        arrival.receivedAt < before &&
        'fields' in arrival &&
        (tenantId === undefined || (arrival.tenantId === tenantId && described !== undefined)) &&
        ![...run.model.handlings.values()].some((each) => each.event.id === id && each.state === 'dead'),
    );
    const done = old.filter((each) => model.removeOne(run.model, each)).length;
    const { operator } = storeOf(run, by);
    expect((await walk((after) => operator.removeHandled(before, { after, tenantId })))[0]).toBe(done);
  },

  async addForward(run, { tenant, all }) {
    if (run.model.forwards.size >= 4) return;
    const [tenantId, hooks] = [run.tenants[tenant] ?? 0, all ? [] : [hookPath(edi)]];
    const { id } = await addForward(storeOf(run, 0), tenantId, { hooks });
    run.model.forwards.set(id, { tenantId, hooks, paused: false, attempts: [] });
  },
  pauseForward: async (run, { by, which }) =>
    withForward(run, which, async (id, forward) => {
      await storeOf(run, by).forwards.pause(id, 'operator');
      forward.paused = true;
    }),
  resumeForward: async (run, { by, which }) =>
    withForward(run, which, async (id, forward) => {
      await storeOf(run, by).forwards.resume(id);
      forward.paused = false;
    }),
  settleForward: async (run, { by, which }) =>
    withForward(run, which, async (id) => {
      while ((await storeOf(run, by).forwards.settle(id, 2)) > 0);
      model.settle(run.model, id);
    }),
  removeForward: async (run, { by, which }) =>
    withForward(run, which, async (id) => {
      while (!(await storeOf(run, by).forwards.removeSome(id, 2)));
      model.removeForward(run.model, id);
    }),
};
