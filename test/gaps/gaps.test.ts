import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { answerWith, openGaps, pageOf } from './fake-microbizz.ts';

test('one run at a time for a tenant and hook; all who ask during it share the next', async () => {
  const open = { now: 0, most: 0 };
  const gates: (() => void)[] = [];
  const inbox = await openGaps(async function* () {
    open.now += 1;
    open.most = Math.max(open.most, open.now);
    await new Promise<void>((resolve) => gates.push(resolve));
    open.now -= 1;
    yield* answerWith(pageOf([]));
  });
  const runs = [1, 2, 3, 4].map(() => inbox.gaps.run(inbox.tenant));
  await until(() => gates.length === 1);
  gates[0]?.();
  await until(() => gates.length === 2);
  gates[1]?.();
  expect(await Promise.all(runs)).toHaveLength(4);
  expect([open.most, inbox.asked.length]).toEqual([1, 2]);
});

test('four tenants are asked at the same time, and a close ends those who are asked', async () => {
  const inbox = await openGaps((_asked, signal) => waitFor(signal));
  const second = await inbox.addTenant('2000');
  for (const contract of ['3', '4', '5', '6']) await inbox.addTenant(contract);
  void inbox.gaps.run();
  await until(() => inbox.asked.length === 4);
  await inbox.gaps.close();
  expect(inbox.asked).toHaveLength(4);
  expect(await inbox.gaps.runs(second)).toMatchObject([{ found: 0, fault: expect.any(String) as string }]);
});

test('tenants that do not answer hold up no round, and none is asked twice at the same time', async () => {
  const ends: (() => void)[] = [];
  let healthy = 0;
  let slow = 0;
  const inbox = await openGaps(
    async function* (_asked, signal, tenantId) {
      if (tenantId <= 6) {
        slow += 1;
        await new Promise<void>((resolve) => {
          ends.push(resolve);
          signal.addEventListener('abort', () => {
            resolve();
          });
        });
      } else healthy += 1;
      yield* answerWith(pageOf([]));
    },
    {},
    { interval: 60, patience: 20 },
  );
  for (const contract of ['2', '3', '4', '5', '6', '7']) await inbox.addTenant(contract);
  inbox.gaps.start({ info: () => undefined, warn: () => undefined, error: () => undefined });
  await until(() => healthy >= 3);
  expect(slow).toBe(6);
  for (const end of ends.splice(0)) end();
  await until(() => slow >= 12);
  await inbox.gaps.close();
});

// eslint-disable-next-line require-yield -- never answers
async function* waitFor(signal: AbortSignal): ReturnType<typeof answerWith> {
  await delay(60_000, undefined, { signal });
}

test('the next tenant is asked though one fails, and a tenant that is not there is refused', async () => {
  let asked = 0;
  const inbox = await openGaps(() => {
    asked += 1;
    if (asked === 1) throw new Error('The accesstoken is refused: connect the tenant again.');
    return answerWith(pageOf([{ id: 1, count: 1 }]));
  });
  const second = await inbox.addTenant('2000');
  expect((await inbox.gaps.run()).toSorted((a, b) => a.tenantId - b.tenantId)).toMatchObject([
    { tenantId: inbox.tenant, fault: 'The accesstoken is refused: connect the tenant again.' },
    { tenantId: second, found: 1 },
  ]);
  await expect(inbox.gaps.run(99)).rejects.toThrow('There is no tenant 99.');
});

test('once started it runs by itself, and again when there may be a gap; before the start it waits to be asked', async () => {
  const inbox = await openGaps(() => answerWith(pageOf([])));
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  inbox.gaps.suspect(inbox.tenant);
  expect(inbox.asked).toHaveLength(0);
  inbox.gaps.start(silent);
  await until(async () => (await inbox.gaps.runs(inbox.tenant)).length === 1);
  expect(inbox.asked).toHaveLength(1);
  inbox.gaps.suspect(inbox.tenant);
  await until(() => inbox.asked.length === 2);
  await inbox.gaps.close();
  inbox.gaps.suspect(inbox.tenant);
  expect(await inbox.gaps.run()).toEqual([]);
  expect(inbox.asked).toHaveLength(2);
});

test('whose run failed is asked again before the next round, and nobody else', async () => {
  let asked = 0;
  const inbox = await openGaps(
    () => {
      asked += 1;
      if (asked <= 2) throw new Error('Microbizz could not be reached');
      return answerWith(pageOf([]));
    },
    {},
    { interval: 1200 },
  );
  inbox.gaps.start({ info: () => undefined, warn: () => undefined, error: () => undefined });
  await until(async () => (await inbox.gaps.runs(inbox.tenant))[0]?.fault !== undefined);
  // Connected meanwhile, and asked by the next round.
  const second = await inbox.addTenant('2000');
  await until(async () => (await inbox.gaps.runs(inbox.tenant))[0]?.since !== undefined);
  expect(asked).toBe(3);
  expect(await inbox.gaps.runs(second)).toEqual([]);
});

test('a close in the middle of a long list ends it between two steps', async () => {
  let served = 0;
  const inbox = await openGaps(async function* () {
    for (;;) {
      served += 1;
      yield* answerWith(pageOf(Array.from({ length: 100 }, (_, at) => ({ id: served * 100 + at, count: 1 }))));
    }
  });
  const run = inbox.gaps.run();
  await until(() => served > 2);
  await inbox.gaps.close();
  const [ended] = await run;
  expect(ended?.fault).toBe('The process stopped in the middle of it.');
  expect(ended).not.toHaveProperty('since');
});
