import { setTimeout as pause } from 'node:timers/promises';
import { post } from './traffic.ts';
import { within, type Row } from './world.ts';

const killed = 9;

/** kill -9, nine times, two seconds apart, during handlers and receivers that take 5 s; then the clock is set ahead over what waits. */
export const kills: Row = async (open) => {
  const world = await open();
  await world.prepare([{ forwards: [await world.receivers.open(5000)] }]);
  const server = await world.start();
  const [url = ''] = world.urls;
  const sent = await Promise.all(Array.from({ length: 10 }, () => post(url, { work: 5000 }).done));
  for (let kill = 0; kill < killed; kill += 1) {
    await pause(2000);
    await server.stop('SIGKILL');
    server.start();
    await server.answering();
  }
  const open_ = (): number => world.count("handlings WHERE state IN ('ready', 'queued', 'held')");
  for (let jumps = 0; jumps < 8 && open_() > 0; jumps += 1) {
    await within(8, () => open_() === 0);
    world.shift(7_200_000);
  }
  const handled = world.handled();
  const acknowledged = sent.filter(({ fate }) => fate === 'acknowledged').length;
  const [handler, forward] = [0, 1].map((is) =>
    world.count(`handlings WHERE state = 'dead' AND (forward_id > 0) = ${is}`),
  );
  const done = sent.filter(({ n }) => handled.has(n)).length;
  return [
    {
      what: 'kill -9 × 9: dead handlings',
      measured: `${handler} of ${acknowledged} handlers, ${forward} of ${acknowledged} forwards`,
      bar: '0',
      well: handler === 0 && forward === 0,
    },
    {
      what: 'kill -9 × 9: handled in the end',
      measured: `${done} of ${acknowledged}`,
      bar: 'all',
      well: done === acknowledged,
    },
  ];
};
