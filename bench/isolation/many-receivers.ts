import { post, startTraffic } from './traffic.ts';
import { judgeOthers } from './waits.ts';
import { within, type Row } from './world.ts';
import { setTimeout as pause } from 'node:timers/promises';

const tenants = 2000;
/** Every tenth of them never answers. */
const every = 10;
const perHanging = 3;

/** 2,000 tenants with a receiver each, of which 10 % hang. */
export const manyReceivers: Row = async (open, say) => {
  const world = await open();
  say(`making ${tenants} tenants`);
  const isBad = (at: number): boolean => at % every === 0;
  const plans = [];
  for (let at = 0; at < tenants; at += 1)
    plans.push({ forwards: [await world.receivers.open(isBad(at) ? Infinity : 0)] });
  await world.prepare(plans);
  await world.start();
  const bad = world.urls.filter((_, at) => isBad(at));
  for (let at = 0; at < perHanging; at += 1) await Promise.all(bad.map((url) => post(url, {}).done));
  const others = startTraffic(
    world.urls.filter((_, at) => !isBad(at)),
    40,
  );
  await pause(20_000);
  const sent = await others.stop();
  await within(30, () => sent.every(({ n }) => world.receivers.seen.has(n)));
  return judgeOthers('2,000 receivers, 10 % hang', world, sent, 500);
};
