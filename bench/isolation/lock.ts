import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { request } from 'undici';
import { startTraffic } from './traffic.ts';
import { judgeLoss } from './waits.ts';
import { milliseconds, within, type Row } from './world.ts';

/** Another program holds the lock for writing for 15 s: a VACUUM, a forgotten shell. */
export const lock: Row = async (open) => {
  const world = await open();
  await world.prepare([{}]);
  const server = await world.start();
  const traffic = startTraffic(world.urls, 20);
  await pause(1000);
  const outside = new Database(world.database);
  outside.exec('BEGIN IMMEDIATE');
  let slowest = 0;
  const end = performance.now() + 15_000;
  while (performance.now() < end) {
    const began = performance.now();
    await (await request(`${server.url}/health/live`)).body.text();
    slowest = Math.max(slowest, performance.now() - began);
    await pause(50);
  }
  outside.exec('ROLLBACK');
  outside.close();
  await pause(2000);
  const sent = await traffic.stop();
  const of = (...fates: string[]): number => sent.filter(({ fate }) => fates.includes(fate)).length;
  const slowestEvent = Math.max(...sent.map(({ at, answered }) => answered - at));
  await within(10, () => world.handled().size === of('acknowledged'));
  const unhandled = sent.filter(({ n, fate }) => fate === 'acknowledged' && !world.handled().has(n)).length;
  const odd = of('strange', 'broken');
  const what = 'write lock held for 15 s';
  return [
    { what: `${what}: /health/live at most`, measured: milliseconds(slowest), bar: '≤ 100 ms', well: slowest <= 100 },
    {
      what: `${what}: events`,
      measured: `${of('acknowledged')} acknowledged, ${of('refused')} × 503, ${odd} other; at most ${milliseconds(slowestEvent)}`,
      bar: 'acknowledged or 503',
      well: odd === 0,
    },
    { what: `${what}: acknowledged and not handled`, measured: String(unhandled), bar: '0', well: unhandled === 0 },
    judgeLoss(`${what}: lost`, world, sent),
  ];
};
