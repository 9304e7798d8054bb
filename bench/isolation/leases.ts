import { fileURLToPath } from 'node:url';
import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { entry, serverSettings } from './template.ts';
import { post, waitsOf } from './traffic.ts';
import { judgeWaits, inPairs } from './waits.ts';
import { within, type Finding, type Noted, type Row, type World } from './world.ts';

const handlers = 20;
const hours = 2 * 3_600_000;

/** Who may take what another has begun: a process that cannot see it, and one whose clock was set. */
export const leases: Row = (open) =>
  inPairs([otherNamespace, clockAhead, clockBack], async (measure) => measure(await open()));

async function begin(world: World, work: number): Promise<void> {
  await world.prepare([{ forwards: [await world.receivers.open(8000)] }]);
  await world.start();
  const [url = ''] = world.urls;
  await Promise.all(Array.from({ length: handlers }, () => post(url, { work }).done));
  await within(5, () => world.record().length === handlers);
}

/** Begins of an event between another begin of it and its end. */
function countTwice(record: readonly Noted[]): number {
  const open = new Map<number, number>();
  let twice = 0;
  for (const { kind, n } of record) {
    const before = open.get(n) ?? 0;
    if (kind === 'begin' && before > 0) twice += 1;
    open.set(n, before + (kind === 'begin' ? 1 : -1));
  }
  return twice;
}

function judgeTwice(what: string, world: World): Finding {
  const twice = countTwice(world.record());
  const posts = world.receivers.twice();
  return {
    what,
    measured: `${twice} handlers and ${posts} forwards begun again in parallel`,
    bar: '0',
    well: twice === 0 && posts === 0,
  };
}

/** A second process with the same host name that cannot see the first: two containers, `docker run --network host`. */
async function otherNamespace(world: World): Promise<Finding[]> {
  const what = 'same host name in another pid namespace';
  await begin(world, 10_000);
  const settings = { ...serverSettings(await findFreePort(), world.folder), PATH: process.env['PATH'] ?? '' };
  const command = ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath, entry];
  const other = spawn('unshare', command, {
    env: settings,
    stdio: 'ignore',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  const state = { refused: false };
  other.once('error', () => (state.refused = true));
  other.once('exit', () => (state.refused = true));
  await pause(6000);
  const early = state.refused;
  other.kill('SIGKILL');
  if (early) return [{ what, measured: 'not run: no pid namespace may be made here', bar: '0', well: false }];
  return [judgeTwice(what, world)];
}

async function clockAhead(world: World): Promise<Finding[]> {
  await begin(world, 8000);
  await pause(1000);
  world.shift(hours);
  await pause(5000);
  return [judgeTwice('clock 2 h ahead', world)];
}

async function clockBack(world: World): Promise<Finding[]> {
  await world.prepare([{}]);
  await world.start();
  const [url = ''] = world.urls;
  const failing = await Promise.all(
    Array.from({ length: 10 }, (_, at) => post(url, { id: `lane ${at}`, fail: 1 }).done),
  );
  await within(5, () => world.record().length === failing.length);
  world.shift(-hours);
  await pause(500);
  const fresh = await Promise.all(Array.from({ length: 50 }, () => post(url, {}).done));
  const behind = await Promise.all(failing.map((_, at) => post(url, { id: `lane ${at}` }).done));
  await within(15, () => world.handled().size === failing.length + fresh.length + behind.length);
  const handled = world.handled();
  return [
    judgeWaits('clock 2 h back: tried again after 5 s', waitsOf(failing, handled), 9000),
    judgeWaits('clock 2 h back: new events behind those', waitsOf(behind, handled), 9000),
    judgeWaits('clock 2 h back: new events of other objects', waitsOf(fresh, handled), 1000),
  ];
}
