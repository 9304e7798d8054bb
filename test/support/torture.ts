import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addForward } from './add-forward.ts';
import { judge, readRecord, type Figures } from './check-handled.ts';
import { startFleet } from './start-fleet.ts';
import { countDead, countOpen, readStored } from './look-into.ts';
import { startForwardReceiver, type ForwardFigures } from './record-forwards.ts';
import { startSenders, type Senders } from './send-events.ts';
import { setClock } from './shift-clock.ts';
import type { StartedPostgres } from './start-postgres.ts';
import type { Exit, SpawnedServer } from './spawn-server.ts';
import { waitUntil } from './wait-until.ts';

const longestJump = 2 * 3_600_000;

export interface TortureOptions {
  readonly folder: string;
  readonly kills: number;
  readonly senders?: number;
  /** Before each start the clock is set somewhere between two hours behind and two hours ahead. */
  readonly jumps?: boolean;
  /** Objects as PHP's bracket fields. */
  readonly brackets?: boolean;
  /** A PostgreSQL, for so many servers on it; a SQLite file and one server when left out. */
  readonly postgres?: StartedPostgres & { readonly processes: number };
  /** How often PostgreSQL is restarted as after a crash, spread over the kills. */
  readonly restarts?: number;
  /** Called after each kill. */
  readonly tell?: (kill: number, acknowledged: number) => void;
}

export interface TortureResult extends Figures, ForwardFigures {
  readonly kills: number;
  /** Kills that came before the process had answered at all. */
  readonly early: number;
  /** Handlings that were given up, although nothing ever failed but the process. */
  readonly dead: number;
  readonly strange: readonly string[];
  /** How the last process ended, which was told to by SIGTERM. */
  readonly exit: Exit;
}

/** Load all the time, and `kill -9` at random moments, every fifth while the process is still starting; then everything is counted. */
export async function torture(options: TortureOptions): Promise<TortureResult> {
  const { folder, kills, senders: count = 24, brackets = false, postgres } = options;
  const clock = join(folder, 'clock');
  const { servers, urls, database, record, addressOf } = await startFleet(folder, { CLOCK: clock }, postgres);
  const receiver = await startForwardReceiver();
  await addForward(servers[0] as SpawnedServer, receiver);
  const state: State = { ...options, clock, servers, up: Promise.resolve(), early: 0 };
  const senders = startSenders({ urls, senders: count, brackets, addressOf, whenUp: () => state.up });
  try {
    for (let number = 1; number <= kills; number += 1) await kill(state, senders, number);
    await state.up;
    const before = senders.acknowledged();
    await waitUntil(() => senders.acknowledged() > before, 'an acknowledgment after the last kill');
    await senders.stop();
    await windOn(clock, async () => (await countOpen(database)) === 0);
    const exits = await Promise.all(servers.map((server) => server.stop('SIGTERM')));
    const stored = await readStored(database);
    const figures = { ...judge(senders.sent, stored, readRecord(record)), ...receiver.judge(stored) };
    const exit = exits.find(({ code }) => code !== 0) ?? { code: 0, signal: null };
    return { kills, early: state.early, strange: senders.strange, exit, dead: await countDead(database), ...figures };
  } finally {
    await Promise.all(servers.map((server) => server.stop('SIGKILL')));
    await senders.stop();
    await receiver.close();
  }
}

interface State extends TortureOptions {
  readonly clock: string;
  readonly servers: readonly SpawnedServer[];
  /** Resolves when the server that was killed last answers again. */
  up: Promise<unknown>;
  early: number;
}

/** Any of the servers; and now and then their PostgreSQL with it. */
async function kill(state: State, senders: Senders, number: number): Promise<void> {
  const { servers, postgres, kills, restarts = 0, jumps = false, clock, tell } = state;
  const server = servers[Math.floor(Math.random() * servers.length)] as SpawnedServer;
  const moment = (from: number, to: number): Promise<void> => pause(from + Math.random() * (to - from));
  const before = senders.acknowledged();
  if (number % 5 === 0) await moment(0, 600);
  else {
    const some = before + Math.random() * 150;
    await state.up;
    await waitUntil(() => senders.acknowledged() > some, 'acknowledgments');
    // The moment itself is left to chance: it is not waited for anything.
    await moment(0, 150);
  }
  if (senders.acknowledged() === before) state.early += 1;
  const back = Promise.withResolvers<unknown>();
  state.up = back.promise;
  state.up.catch(() => undefined);
  const isRestart = Math.floor((number * restarts) / kills) > Math.floor(((number - 1) * restarts) / kills);
  await Promise.all([server.stop('SIGKILL'), isRestart ? postgres?.restart() : undefined]);
  tell?.(number, senders.acknowledged());
  if (jumps) setClock(clock, Math.round((Math.random() * 2 - 1) * longestJump));
  server.start();
  // Killed again while it starts, this start is over without an answer, and the next one is waited for.
  back.resolve(postgres === undefined ? server.answering() : answeringAtLast(server));
}

/** A start that a crash of PostgreSQL meets in its middle is refused; whoever supervises it starts it again. */
async function answeringAtLast(server: SpawnedServer): Promise<void> {
  try {
    await server.answering();
  } catch {
    server.start();
    await server.answering();
  }
}

/** What a kill met is tried again after pauses, up to hours: the clock is set ahead over them. */
async function windOn(clock: string, isOver: () => Promise<boolean>): Promise<void> {
  let ahead = longestJump;
  const winding = setInterval(() => {
    setClock(clock, (ahead += 3_600_000));
  }, 200);
  try {
    await waitUntil(isOver, 'everything is handled', { timeout: 120_000, interval: 50 });
  } finally {
    clearInterval(winding);
  }
}

/** What must be zero. */
export function faultsOf(result: TortureResult): Record<string, number> {
  const { dead, lost, misplaced, unhandled, disordered, unforwarded, forwardsDisordered, badSignatures } = result;
  return { dead, lost, misplaced, unhandled, disordered, unforwarded, forwardsDisordered, badSignatures };
}
