import { setTimeout as pause } from 'node:timers/promises';
import { post, startTraffic, type Sent } from './traffic.ts';
import { supervise, within, type Finding, type Row, type World } from './world.ts';

/** Seconds of traffic beside it, and milliseconds by which the clock is then set ahead, time and again, until the poison is dead. */
const traffic = 20;
const jump = 30 * 3_600_000;
const mostJumps = 40;

interface State {
  readonly state: string;
  readonly attempt: number;
}

/** Handlers that do what nobody catches, beside 100 innocent events of two tenants that are being handled, and another tenant's traffic. */
export const poison: Row = async (open) => {
  const kinds = [
    ['throw', 'reject', 'exit', 'throw-after', 'reject-after'],
    ['loop', 'spin'],
  ];
  const found: Finding[] = [];
  for (const some of kinds)
    found.push(...(await Promise.all(some.map(async (kind) => one(kind, await open())))).flat());
  return found;
};

async function one(kind: string, world: World): Promise<Finding[]> {
  await world.prepare([{}, {}]);
  const server = await world.start();
  const [own = '', other = ''] = world.urls;
  const innocents = await Promise.all(
    Array.from({ length: 100 }, (_, at) => post(at % 2 === 0 ? own : other, { work: 3000 }).done),
  );
  const supervised = supervise(server);
  const { n } = await post(own, { poison: kind }).done;
  const down = watchUp(supervised.isUp);
  const others = startTraffic([other], 10);
  await pause(traffic * 1000);
  const sent = await others.stop();
  const stateOf = (): State | undefined =>
    world.ask<State>('SELECT state, attempt FROM handlings WHERE object_id = ? AND forward_id = 0', String(n))[0];
  const isOver = (): boolean => !['ready', 'queued', undefined].includes(stateOf()?.state);
  for (let jumps = 0; jumps < mostJumps && !isOver(); jumps += 1) {
    world.shift(jump);
    await within(3, () => isOver());
  }
  const done = (): number => innocents.filter((innocent) => world.handled().has(innocent.n)).length;
  await within(10, () => done() === innocents.length);
  supervised.release();
  const attempts = world.record().filter((line) => line.kind === 'begin' && line.n === n).length;
  const log = server.output().split('\n');
  const named = log.some((line) => line.includes(`"event":${n}`) || isNamed(line, world, n));
  return judge({
    kind,
    ends: supervised.ends(),
    attempts,
    named,
    state: stateOf()?.state ?? 'not sorted',
    sent,
    down: down(),
    innocents: done(),
    dead: deadBut(world, n),
  });
}

function deadBut(world: World, n: number): number {
  return (
    world.ask<{ c: number }>(
      "SELECT count(*) AS c FROM handlings WHERE state = 'dead' AND object_id <> ?",
      String(n),
    )[0]?.c ?? 0
  );
}

/** The log names an event by its row or its public name. */
function isNamed(line: string, world: World, n: number): boolean {
  if (!line.includes('"event":')) return false;
  const id = world.ask<{ id: number }>('SELECT event_id AS id FROM handlings WHERE object_id = ?', String(n))[0]?.id;
  return id !== undefined && new RegExp(`"event":"?(evt_\\w*)?${id}\\b`).test(line);
}

/** Moments at which the server was seen up: what broke at others is not the answer of a living process. */
function watchUp(isUp: () => boolean): () => (sent: Sent) => boolean {
  const gone: number[] = [];
  const timer = setInterval(() => {
    if (!isUp()) gone.push(Number(process.hrtime.bigint()) / 1e6);
  }, 10);
  return () => {
    clearInterval(timer);
    return ({ at, answered }) => gone.some((moment) => moment >= at - 20 && moment <= answered + 50);
  };
}

interface Seen {
  readonly kind: string;
  readonly ends: number;
  readonly attempts: number;
  readonly named: boolean;
  readonly state: string;
  readonly sent: readonly Sent[];
  readonly down: (sent: Sent) => boolean;
  readonly innocents: number;
  readonly dead: number;
}

function judge({ kind, ends, attempts, named, state, sent, down, innocents, dead }: Seen): Finding[] {
  const taken = sent.filter(({ fate }) => fate === 'acknowledged').length;
  const living = sent.filter((one) => one.fate === 'acknowledged' || !down(one));
  const share = taken / Math.max(1, living.length);
  const after = kind.endsWith('after');
  // What gets loose after the end cannot take the end back.
  const over = state === 'dead' || ((after || kind === 'spin') && state === 'handled');
  return [
    {
      what: `${kind}: the poison`,
      measured: `${state}, ${attempts} begun, ${ends} ends of the process, ${named ? 'named' : 'not named'}`,
      bar: after ? 'handled, named, ends ≤ begun' : 'dead, named, ends ≤ begun',
      well: over && named && ends <= attempts,
    },
    {
      what: `${kind}: another tenant's events`,
      measured: `${taken} of ${sent.length} acknowledged; ${(share * 100).toFixed(1)} % while the process lives`,
      bar: '100 % while it lives',
      well: share === 1 && taken > 0,
    },
    {
      what: `${kind}: 100 innocents`,
      measured: `${dead} dead, ${innocents} handled`,
      bar: '0 dead',
      well: dead === 0 && innocents === 100,
    },
  ];
}
