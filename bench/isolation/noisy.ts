import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { number } from '../report/table.ts';
import { startProcess, stopProcess } from '../process/start-process.ts';
import { startTraffic, waitsOf } from './traffic.ts';
import { judgeLoss, judgeWaits } from './waits.ts';
import { within, type Finding, type Row, type World } from './world.ts';

const seconds = 90;
const unsorted = 1_000_000;
const bar = 1000;

/** One tenant as fast as answers come, or with a mountain of events left from before, beside 20 that send two events in four seconds. */
export const noisy: Row = async (open, say) => {
  const flooded = await flood(await open());
  say(`storing ${number(unsorted)} events`);
  return [...flooded, ...(await mountain(await open()))];
};

async function flood(world: World): Promise<Finding[]> {
  await world.prepare(Array.from({ length: 21 }, () => ({})));
  await world.start();
  const [noise = '', ...others] = world.urls;
  const flooding = startProcess({ script: fileURLToPath(new URL('flood.ts', import.meta.url)), args: [noise] });
  const traffic = startTraffic(others, 10);
  await pause(seconds * 1000);
  const sent = await traffic.stop();
  await stopProcess(flooding);
  await within(15, () => world.handled().size >= sent.filter(({ fate }) => fate === 'acknowledged').length);
  const noisyOnes = world.count('events') - sent.length;
  const what = `one tenant at full speed, ${seconds} s (${number(noisyOnes / seconds)}/s taken)`;
  const refused = sent.filter(({ fate }) => fate !== 'acknowledged').length;
  return [
    judgeWaits(`${what}: others`, waitsOf(sent, world.handled()), bar),
    { what: `${what}: others refused`, measured: `${refused} of ${sent.length}`, bar: '0', well: refused === 0 },
    judgeLoss(`${what}: others lost`, world, sent, 1),
  ];
}

async function mountain(world: World): Promise<Finding[]> {
  await world.prepare([{}, {}]);
  await world.fill(0, objects(unsorted));
  await world.start();
  const traffic = startTraffic(world.urls.slice(1), 20);
  await pause(25_000);
  const sent = await traffic.stop();
  await within(10, () => world.handled().size >= sent.length);
  return [
    judgeWaits(`${number(unsorted)} unsorted of one tenant at the start: others`, waitsOf(sent, world.handled()), bar),
  ];
}

/** Without a number: the record is for the others. */
function* objects(count: number): Generator<object> {
  for (let at = 0; at < count; at += 1) yield { id: at % 50_000, sequence: at, text: 'Kørsel – zone 2, målerskab' };
}
