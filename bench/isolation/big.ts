import { setTimeout as pause } from 'node:timers/promises';
import { number } from '../report/table.ts';
import { post, type Sent } from './traffic.ts';
import { judgeLoss } from './waits.ts';
import { supervise, type Row } from './world.ts';

const objects = 240;
const text = 'x'.repeat(950_000);

/** 480 events of 950 kB whose handlers take 20 s, in a heap of 1 GB, for a minute. */
export const big: Row = async (open) => {
  const world = await open();
  await world.prepare([{}]);
  const server = await world.start({ NODE_OPTIONS: '--max-old-space-size=1024' });
  const supervised = supervise(server);
  const [url = ''] = world.urls;
  let most = 0;
  const watching = setInterval(() => (most = Math.max(most, server.memory() / 2 ** 20)), 50);
  const began = performance.now();
  const sent: Sent[] = [];
  for (let round = 0; round < 2; round += 1)
    for (let at = 0; at < objects; at += 4)
      sent.push(
        ...(await Promise.all(
          [0, 1, 2, 3].map((more) => post(url, { id: `big ${at + more}`, round, text, work: 20_000 }).done),
        )),
      );
  await pause(Math.max(0, 60_000 - (performance.now() - began)));
  clearInterval(watching);
  supervised.release();
  const acknowledged = sent.filter(({ fate }) => fate === 'acknowledged').length;
  const dead = world.count("handlings WHERE state = 'dead'");
  const what = '480 events of 950 kB, heap 1 GB';
  const ends = supervised.ends();
  return [
    {
      what: `${what}: crashes`,
      measured: `${ends}; ${acknowledged} acknowledged, ${world.handled().size} handled so far`,
      bar: '0',
      well: ends === 0,
    },
    { what: `${what}: RSS at most`, measured: `${number(most)} MB`, bar: '≤ 600 MB', well: most <= 600 },
    { what: `${what}: dead`, measured: String(dead), bar: '0', well: dead === 0 },
    judgeLoss(`${what}: lost`, world, sent),
  ];
};
