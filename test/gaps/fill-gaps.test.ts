import { expect, test } from 'vitest';
import { tellServerTime } from '../../src/server/gaps/server-time.ts';
import { hook, sortAll } from '../support/start-inbox.ts';
import { until } from '../support/until.ts';
import { answerWith, openGaps, pageOf, type TestGaps } from './fake-microbizz.ts';

const overlap = 70 * 60_000;

async function isIdle({ services }: TestGaps): Promise<boolean> {
  return (await services.store.operator.oldestUnhandled()) === undefined;
}

async function states({ services }: TestGaps): Promise<[number, string][]> {
  const events = await services.store.operator.listEvents({}, { limit: 100 });
  return events.map(({ id, state }): [number, string] => [id, state]).toReversed();
}

test('what no event told is found, handled once, and not found again', async () => {
  const lines = [
    { id: 1, count: 1 },
    { id: 2, count: 2 },
    { id: 3, count: 3 },
  ];
  const inbox = await openGaps(() => answerWith(pageOf(lines)));
  await inbox.send(inbox.tenant, { count: 1, id: 1 });
  await inbox.send(inbox.tenant, { id: 2, count: 1 });
  inbox.work();
  await until(() => isIdle(inbox));
  const [run] = await inbox.gaps.run();
  expect(run).toMatchObject({ ...hook, tenantId: inbox.tenant, found: 2, since: '2026-11-22 12:00:00' });
  expect(run).not.toHaveProperty('fault');
  await until(() => isIdle(inbox));
  expect(inbox.told).toEqual([
    [1, 1],
    [2, 1],
    [2, 2],
    [3, 3],
  ]);
  expect(await inbox.gaps.run(inbox.tenant)).toMatchObject([{ found: 0 }]);
  expect(await inbox.gaps.runs(inbox.tenant)).toMatchObject([{ ...hook, found: 0, since: '2026-11-22 12:00:00' }]);
});

test('that an object was written again, with nothing new in it, is no news', async () => {
  const line = { id: 1, text: 'synced', changedate: '2026-11-22', changetime: '11:00:00' };
  const inbox = await openGaps(() => answerWith(pageOf([{ ...line, changetime: '11:30:00' }])));
  await inbox.send(inbox.tenant, line);
  inbox.work();
  await until(() => isIdle(inbox));
  expect(await inbox.gaps.run()).toMatchObject([{ found: 0 }]);
});

test('it asks from the tenant’s connection, then from Microbizz’ own time of the first page, each with an overlap', async () => {
  const inbox = await openGaps(() =>
    answerWith(pageOf([], '23:59:58', '2030-12-31'), pageOf([], '00:00:03', '2031-01-01')),
  );
  const connected = (await inbox.services.store.gaps.findConnectedAt(inbox.tenant)) ?? 0;
  await inbox.gaps.run();
  await inbox.gaps.run();
  const [changedate, changetime] = tellServerTime(connected - overlap).split(' ');
  const { command, items } = inbox.asked[0] ?? {};
  expect({ command, items }).toEqual({ command: 'GetInvoiceLinesByLastChange', items: 'invoicelines' });
  expect(inbox.asked.map(({ since }) => since)).toEqual([
    { changedate, changetime },
    { changedate: '2030-12-31', changetime: '22:49:58' },
  ]);
});

test('a run that breaks off has told what it found, leaves the watermark, and says why; the next one ends it', async () => {
  let broken = true;
  const inbox = await openGaps(async function* () {
    yield* answerWith(pageOf([{ id: 1, count: 1 }], '13:00:00'));
    if (broken) throw new Error('Microbizz could not be reached');
    yield* answerWith(pageOf([{ id: 2, count: 1 }], '13:00:05'));
  });
  inbox.work();
  const [failed] = await inbox.gaps.run();
  expect(failed).toMatchObject({ found: 1, fault: 'Microbizz could not be reached' });
  expect(failed).not.toHaveProperty('since');
  await until(() => inbox.told.length === 1);
  broken = false;
  expect(await inbox.gaps.run()).toMatchObject([{ found: 1, since: '2026-11-22 13:00:00' }]);
  await until(() => inbox.told.length === 2);
  expect(inbox.asked[1]?.since).toEqual(inbox.asked[0]?.since);
  broken = true;
  await inbox.gaps.run();
  const [noted] = await inbox.gaps.runs(inbox.tenant);
  expect(noted).toMatchObject({ since: '2026-11-22 13:00:00', found: 0, fault: 'Microbizz could not be reached' });
});

test('an answer without a time of its own leaves the watermark', async () => {
  const inbox = await openGaps(() => answerWith(pageOf([{ id: 1 }], '', '')));
  expect(await inbox.gaps.run()).toMatchObject([{ fault: 'Microbizz’ answer had no date and time to go on from.' }]);
});

test('an event that is not in its lane yet when the API writes it otherwise: one change; the event again: none; another one: a change', async () => {
  const inbox = await openGaps(() => answerWith(pageOf([{ id: '1', unitprice: '1042.50', count: 1 }])));
  const event = { id: 1, unitprice: 1042.5, count: 1 };
  await inbox.send(inbox.tenant, event);
  expect(await inbox.gaps.run()).toMatchObject([{ found: 1 }]);
  await inbox.send(inbox.tenant, event);
  await inbox.send(inbox.tenant, { ...event, unitprice: 1042.51 });
  await inbox.send(inbox.tenant, event);
  inbox.work();
  await until(() => isIdle(inbox));
  await until(async () => (await states(inbox)).every(([, state]) => ['handled', 'duplicate'].includes(state)));
  expect((await states(inbox)).map(([, state]) => state)).toEqual([
    ...['handled', 'duplicate', 'duplicate', 'handled', 'handled'],
  ]);
  expect(await inbox.gaps.run()).toMatchObject([{ found: 0 }]);
});

test('objects without an id are left out and counted', async () => {
  const inbox = await openGaps(() => answerWith(pageOf([{ count: 1 }, { id: '' }, { id: 7, count: 1 }])));
  expect(await inbox.gaps.run()).toMatchObject([{ found: 1, skipped: 2 }]);
});

test('another order, other escapes and numbers as text are no change; neither are fields that only one of the two has', async () => {
  const inbox = await openGaps(() =>
    answerWith(pageOf([{ unitprice: '1042.50', text: 'A/S æ', id: '5', team: 'EL', deleted: false }])),
  );
  const fields = { object: '{"id":5,"text":"A\\/S \\u00e6","unitprice":1042.5,"deleted":0,"note":"only here"}' };
  await inbox.services.gatherer.add({ ...hook, tenantId: inbox.tenant, receivedAt: 1, fields }, 100);
  await sortAll(inbox.services.store.inbox);
  expect(await inbox.gaps.run()).toMatchObject([{ found: 0 }]);
});

test('the event comes before the worker has sorted it, after the question, or after the answer was stored: told once each time', async () => {
  const line = { id: 1, count: 2 };
  for (const when of ['before', 'during', 'after'] as const) {
    const inbox = await openGaps(async function* () {
      if (when === 'during') await inbox.send(inbox.tenant, line);
      yield* answerWith(pageOf([line]));
    });
    await inbox.send(inbox.tenant, { id: 1, count: 1 });
    if (when === 'before') await inbox.send(inbox.tenant, line);
    await inbox.gaps.run();
    if (when === 'after') await inbox.send(inbox.tenant, line);
    inbox.work();
    await until(() => isIdle(inbox));
    expect([when, inbox.told]).toEqual([
      when,
      [
        [1, 1],
        [1, 2],
      ],
    ]);
    expect((await states(inbox)).map(([, state]) => state)).toEqual(['handled', 'handled', 'duplicate']);
  }
});

test('an answer that is older than an event loses against it', async () => {
  const inbox = await openGaps(async function* () {
    // Microbizz has read count 2, and it changes while the answer is on its way.
    const page = pageOf([{ id: 1, count: 2 }]);
    await inbox.send(inbox.tenant, { id: 1, count: 3 });
    yield* answerWith(page);
  });
  await inbox.send(inbox.tenant, { id: 1, count: 1 });
  await inbox.gaps.run();
  inbox.work();
  await until(() => isIdle(inbox));
  expect(inbox.told).toEqual([
    [1, 1],
    [1, 3],
  ]);
  expect(await inbox.latest(1)).toEqual({ id: 1, count: 3 });
});

test('of two answers the one that was asked for later counts, in whatever order they are stored', async () => {
  const inbox = await openGaps(() => answerWith());
  const add = (count: number, gapAfter: number): Promise<number> =>
    inbox.services.gatherer.add(
      { ...hook, tenantId: inbox.tenant, receivedAt: 1, fields: { object: `{"id":1,"count":${count}}` }, gapAfter },
      10,
    );
  await inbox.send(inbox.tenant, { id: 1, count: 1 });
  await inbox.send(inbox.tenant, { id: 2, count: 1 });
  await add(3, 2);
  await add(2, 1);
  await add(4, 2);
  inbox.work();
  await until(() => isIdle(inbox));
  expect(inbox.told.filter(([id]) => id === 1)).toEqual([
    [1, 1],
    [1, 3],
    [1, 4],
  ]);
});

test('a run found again before it was sorted, as by another process, tells nothing twice', async () => {
  const lines = Array.from({ length: 200 }, (_, at) => ({ id: at + 1, count: 1 }));
  const inbox = await openGaps(() => answerWith(pageOf(lines.slice(0, 150)), pageOf(lines.slice(150))));
  expect(await inbox.gaps.run()).toMatchObject([{ found: 200 }]);
  expect(await inbox.gaps.run()).toMatchObject([{ found: 200 }]);
  inbox.work();
  await until(() => isIdle(inbox));
  expect(inbox.told).toHaveLength(200);
  expect(await inbox.gaps.run()).toMatchObject([{ found: 0 }]);
});

test('an event that the gap filler made is marked with what was there when Microbizz was asked', async () => {
  const inbox = await openGaps(() => answerWith(pageOf([{ id: 1, count: 1 }]), pageOf([{ id: 2, count: 1 }])));
  await inbox.send(inbox.tenant, { id: 9 });
  await inbox.gaps.run();
  const events = await inbox.services.store.inbox.listUnsorted(10);
  expect(events.map(({ id, gapAfter }) => [id, gapAfter])).toEqual([
    [1, undefined],
    [2, 1],
    [3, 2],
  ]);
});

test('what the handler refused is a new question to an event, and none to a gap run', async () => {
  const told: unknown[] = [];
  const { defineEvent } = await import('../../src/server/events/define-event.ts');
  const refusing = defineEvent({
    ...hook,
    title: 'Test',
    answer: 'after-handling',
    handle: ({ object }) => {
      told.push(object['id']);
      return Promise.resolve({ status: false, error: 'No.' });
    },
  });
  const inbox = await openGaps(() => answerWith(pageOf([{ id: 1, count: 1 }])), { hooks: [refusing] });
  await inbox.send(inbox.tenant, { id: 1, count: 1 });
  inbox.work();
  await until(() => isIdle(inbox));
  expect(await inbox.gaps.run()).toMatchObject([{ found: 0 }]);
  expect(told).toEqual([1]);
});
