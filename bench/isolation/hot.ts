import { setTimeout as pause } from 'node:timers/promises';
import { number } from '../report/table.ts';
import { startTraffic } from './traffic.ts';
import { within, type Finding, type Row, type World } from './world.ts';

const events = 100_000;
const patience = 150;
/** Numbers of the hot events begin here: those of the others are smaller. */
const first = 1e9;

/** 100,000 events of one object that wait at the start, with a handler that takes no time. */
export const hot: Row = async (open) => [
  ...(await measure(await open(), 0, 1000)),
  ...(await measure(await open(), 200, 300)),
];

async function measure(world: World, arrivals: number, bar: number): Promise<Finding[]> {
  await world.prepare([{}, {}]);
  await world.fill(
    0,
    Array.from({ length: events }, (_, at) => ({ id: 'hot', n: first + at })),
  );
  await world.start();
  const ends = (): { n: number; at: number }[] => world.record().filter(({ kind, n }) => kind === 'end' && n >= first);
  await within(5, () => ends().length > 0);
  const others = arrivals > 0 ? startTraffic(world.urls.slice(1), arrivals) : undefined;
  // What was handled before the others came tells nothing of the time with them.
  if (others !== undefined) await pause(1000);
  const before = ends().length;
  const from = ends().at(-1)?.at ?? 0;
  await within(patience, () => ends().length === events);
  await others?.stop();
  const seen = ends();
  const speed = (seen.length - before) / (((seen.at(-1)?.at ?? 0) - from) / 1000);
  const disorder = seen.filter(({ n }, at) => n < (seen[at - 1]?.n ?? 0)).length;
  const what = arrivals > 0 ? `one object, beside ${arrivals} arrivals a second` : 'one object, alone';
  return [
    { what, measured: `${number(speed)} a second`, bar: `≥ ${number(bar)}`, well: speed >= bar },
    {
      what: `${what}: out of order`,
      measured: `${disorder} of ${number(seen.length)}`,
      bar: '0',
      well: disorder === 0,
    },
  ];
}
