import { setTimeout as pause } from 'node:timers/promises';
import { post, startTraffic } from './traffic.ts';
import { inPairs, judgeOthers } from './waits.ts';
import { within, type Row, type World } from './world.ts';

const cases = [
  { tenants: 5, what: 'handlers' },
  { tenants: 5, what: 'Microbizz' },
  { tenants: 50, what: 'handlers' },
  { tenants: 50, what: 'Microbizz' },
];
const objects = 70;

/** Tenants whose handlers never end, or wait for a Microbizz that never answers, beside one whose handler takes no time. */
export const hangingTenants: Row = (open) => inPairs(cases, async (one) => measure(await open(), one));

async function measure(world: World, { tenants, what }: (typeof cases)[number]): ReturnType<Row> {
  const { open, seen } = world.receivers;
  const hanging = await Promise.all(Array.from({ length: tenants }, async () => ({ endpoint: await open(Infinity) })));
  await world.prepare([...hanging, { forwards: [await open()] }]);
  await world.start();
  const bad = world.urls.slice(0, tenants);
  const object = what === 'handlers' ? { hang: true } : { api: true };
  for (let at = 0; at < objects; at += 1) await Promise.all(bad.map((url) => post(url, object).done));
  const others = startTraffic(world.urls.slice(tenants), 20);
  await pause(16_000);
  const sent = await others.stop();
  await within(12, () => sent.every(({ n }) => seen.has(n)));
  return judgeOthers(`${tenants} tenants whose ${what} hang${what === 'handlers' ? '' : 's'}`, world, sent, 100);
}
