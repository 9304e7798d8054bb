import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { addForward } from './add-forward.ts';
import { countDead, countOpen, judge, readRecord, readStored, type Figures } from './check-handled.ts';
import { startRecording } from './connect-spawned.ts';
import { startForwardReceiver, type ForwardFigures } from './record-forwards.ts';
import { startSenders } from './send-events.ts';
import { setClock } from './shift-clock.ts';
import type { Exit } from './spawn-server.ts';
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
  const { folder, kills, senders: count = 24, jumps = false, brackets = false, tell } = options;
  const clock = join(folder, 'clock');
  const { server, urls, database, record } = await startRecording(folder, { CLOCK: clock });
  const receiver = await startForwardReceiver();
  await addForward(server, receiver);
  let up: Promise<unknown> = Promise.resolve();
  let early = 0;
  const senders = startSenders({ urls, senders: count, brackets, whenUp: () => up });
  const moment = (from: number, to: number): Promise<void> => pause(from + Math.random() * (to - from));

  async function kill(number: number): Promise<void> {
    const before = senders.acknowledged();
    if (number % 5 === 0) await moment(0, 600);
    else {
      const some = before + Math.random() * 150;
      await up;
      await waitUntil(() => senders.acknowledged() > some, 'acknowledgments');
      // The moment itself is left to chance: it is not waited for anything.
      await moment(0, 150);
    }
    if (senders.acknowledged() === before) early += 1;
    const back = Promise.withResolvers<unknown>();
    up = back.promise;
    up.catch(() => undefined);
    await server.stop('SIGKILL');
    tell?.(number, senders.acknowledged());
    if (jumps) setClock(clock, Math.round((Math.random() * 2 - 1) * longestJump));
    server.start();
    // Killed again while it starts, this start is over without an answer, and the next one is waited for.
    back.resolve(server.answering());
  }

  try {
    for (let number = 1; number <= kills; number += 1) await kill(number);
    await up;
    const before = senders.acknowledged();
    await waitUntil(() => senders.acknowledged() > before, 'an acknowledgment after the last kill');
    await senders.stop();
    await windOn(clock, () => countOpen(database) === 0);
    const exit = await server.stop('SIGTERM');
    const stored = readStored(database);
    const figures = { ...judge(senders.sent, stored, readRecord(record)), ...receiver.judge(stored) };
    return { kills, early, strange: senders.strange, exit, dead: countDead(database), ...figures };
  } finally {
    await server.stop('SIGKILL');
    await senders.stop();
    await receiver.close();
  }
}

/** What a kill met is tried again after pauses, up to hours: the clock is set ahead over them. */
async function windOn(clock: string, isOver: () => boolean): Promise<void> {
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
