import { setTimeout as pause } from 'node:timers/promises';
import { post, startTraffic } from './traffic.ts';
import { judgeOthers, inPairs } from './waits.ts';
import { within, type Row, type World } from './world.ts';

// 14 s: what answers at 14.9 s does not within the limit of 15 s on a busy machine, and a forward that fails gets one at a time, which is well.
const cases = [
  { receivers: 1, after: Infinity, events: 100 },
  { receivers: 8, after: 14_000, events: 400 },
  { receivers: 20, after: Infinity, events: 100 },
  { receivers: 200, after: Infinity, events: 40 },
];

/** One tenant's receivers that answer just in time, or never, beside another tenant's that answers at once. */
export const slowReceivers: Row = (open) =>
  inPairs(cases, async (one) => {
    const world = await open();
    return measure(world, one);
  });

async function measure(world: World, { receivers, after, events }: (typeof cases)[number]): ReturnType<Row> {
  const { open, seen } = world.receivers;
  const slow = await Promise.all(Array.from({ length: receivers }, () => open(after)));
  await world.prepare([{ forwards: slow }, { forwards: [await open()] }]);
  await world.start();
  const [own = '', other = ''] = world.urls;
  for (let at = 0; at < events; at += 1) await post(own, {}).done;
  const others = startTraffic([other], 20);
  await pause(16_000);
  const sent = await others.stop();
  await within(12, () => sent.every(({ n }) => seen.has(n)));
  const how = after === Infinity ? 'that hang' : `at ${after / 1000} s`;
  return judgeOthers(`${receivers} receivers ${how}`, world, sent, 100);
}
