import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import type { Arrival, Rejection } from '../../microbizz/domain/event.ts';
import type { Asked } from './messages.ts';

/** Milliseconds that acts which can wait do so while there is other work, and between two checks whether there is. */
const patience = 200;
const look = 2;
/** While appends keep coming it rests so many times as long as it worked: with them it shares the processors. */
const rests = 8;
/** Events of several appends that are committed together, at most. */
const together = 256;

type Act = (...given: readonly unknown[]) => Promise<unknown>;
/** The acts of a thread, by port and method. */
export type Ports = Readonly<Record<string, Readonly<Record<string, Act>>>>;

export interface QueueOptions {
  readonly ports: Ports;
  /** The result of an act. */
  readonly answer: (asked: Asked, act: () => Promise<unknown>) => Promise<void>;
}

interface Queue extends QueueOptions {
  /** Acts that Microbizz waits for. */
  readonly appends: Asked[];
  readonly others: Asked[];
  running: boolean;
  /** The last act was a commit of appends. */
  othersTurn: boolean;
  /** Appends so far. */
  taken: number;
}

/**
 * One act after the other. Arriving events are stored before anything else, so an answer waits for one act at most, and events that have
 * gathered meanwhile go into one commit. An act that waits for a lock (wait-for-lock.ts) lets the others go on.
 */
export function buildQueue(options: QueueOptions) {
  const queue: Queue = { ...options, appends: [], others: [], running: false, othersTurn: false, taken: 0 };
  let seen = 0;
  return {
    take(asked: Asked): void {
      if (isAppend(asked)) queue.taken += 1;
      (isAppend(asked) ? queue.appends : queue.others).push(asked);
      if (!queue.running) void run(queue);
    },
    /** After so many milliseconds of work. Resolves when nothing waits to be done; in the long run also when something always does. */
    async idle(worked = 0): Promise<void> {
      const until = performance.now() + patience;
      if (queue.taken === seen) await setImmediate();
      else await delay(Math.min(rests * worked, patience));
      seen = queue.taken;
      while (queue.running && performance.now() < until) await delay(look);
    },
  };
}

async function run(queue: Queue): Promise<void> {
  queue.running = true;
  while (begin(queue)) await setImmediate();
  queue.running = false;
}

/** False when nothing waits. After a commit of appends one of the others has its turn, however many more have come meanwhile. */
function begin(queue: Queue): boolean {
  const { appends, others, ports, answer } = queue;
  const isTurn = queue.othersTurn && others[0] !== undefined && !isClose(others[0]);
  const some = isTurn ? [] : takeSome(appends);
  queue.othersTurn = some.length > 0;
  if (some.length > 0) {
    const all = appendAll(ports, some);
    some.forEach((asked, at) => void answer(asked, async () => (await all)[at]));
    return true;
  }
  const asked = others.shift();
  if (asked === undefined) return false;
  void answer(asked, async () => actOf(ports, asked)(...asked.given));
  return true;
}

/** All or none are stored, as it is with the arrivals of one append. */
async function appendAll(ports: Ports, asked: readonly Asked[]): Promise<number[][]> {
  const [first] = asked;
  if (first === undefined) return [];
  const batches = asked.map(arrivalsOf);
  const ids = (await actOf(ports, first)(batches.flat())) as number[];
  let begin = 0;
  return batches.map(({ length }) => ids.slice(begin, (begin += length)));
}

function takeSome(appends: Asked[]): Asked[] {
  let events = 0;
  const end = appends.findIndex((asked, at) => (events += arrivalsOf(asked).length) > together && at > 0);
  return appends.splice(0, end === -1 ? appends.length : end);
}

/** The last act of all. */
function isClose({ port, method }: Asked): boolean {
  return port === 'adapter' && method === 'close';
}

function isAppend({ port, method }: Asked): boolean {
  return port === 'inbox' && method === 'append';
}

function arrivalsOf({ given }: Asked): readonly (Arrival | Rejection)[] {
  return given[0] as readonly (Arrival | Rejection)[];
}

function actOf(ports: Ports, { port, method }: Asked): Act {
  const act = ports[port]?.[method];
  if (act === undefined) throw new Error(`There is no act ${port}.${method}.`);
  return act;
}
