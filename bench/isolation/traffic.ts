import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { isRefusal } from '../../test/support/send-events.ts';

/** Milliseconds of the clock that every process of this machine has, and that nobody sets. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** refused: 503 and a sentence. strange: any other answer. broken: none. */
export type Fate = 'open' | 'acknowledged' | 'refused' | 'strange' | 'broken';

export interface Sent {
  readonly n: number;
  readonly at: number;
  answered: number;
  fate: Fate;
}

const agent = new Agent({ connections: 512, pipelining: 1, headersTimeout: 30_000, bodyTimeout: 30_000 });
const count = { sent: 0 };

/** A number for the next event. */
export function nextNumber(): number {
  return (count.sent += 1);
}

export function encode(object: object): string {
  return new URLSearchParams({ object: JSON.stringify(object) }).toString();
}

export function post(url: string, object: object): { sent: Sent; done: Promise<Sent> } {
  const sent: Sent = { n: nextNumber(), at: now(), answered: 0, fate: 'open' };
  return { sent, done: answer(url, { id: sent.n, ...object, n: sent.n }, sent) };
}

async function answer(url: string, object: object, sent: Sent): Promise<Sent> {
  try {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const got = await request(url, { method: 'POST', headers, body: encode(object), dispatcher: agent });
    const text = await got.body.text();
    if (got.statusCode === 200 && text === '{"status":true,"error":""}') sent.fate = 'acknowledged';
    else sent.fate = got.statusCode === 503 && isRefusal(text) ? 'refused' : 'strange';
  } catch {
    sent.fate = 'broken';
  }
  sent.answered = now();
  return sent;
}

export interface Traffic {
  readonly sent: readonly Sent[];
  /** Sends nothing more, and resolves when all is answered. */
  stop(): Promise<readonly Sent[]>;
}

/** So many events a second, in turn to each address, whether the ones before were answered or not. */
export function startTraffic(urls: readonly string[], perSecond: number, object: object = {}): Traffic {
  const sent: Sent[] = [];
  const open = new Set<Promise<unknown>>();
  const state = { stopped: false };
  const began = now();
  const sending = (async () => {
    while (!state.stopped) {
      while (sent.length < ((now() - began) / 1000) * perSecond) {
        const { sent: one, done } = post(urls[sent.length % urls.length] ?? '', object);
        sent.push(one);
        open.add(done);
        void done.finally(() => open.delete(done));
      }
      await pause(5);
    }
  })();
  return {
    sent,
    async stop() {
      state.stopped = true;
      await sending;
      await Promise.all(open);
      return sent;
    },
  };
}

export interface Waits {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  /** Not come at all; they count with what they waited so far. */
  readonly missing: number;
}

/** From the acknowledgment until it came, by the numbers of the events. */
export function waitsOf(sent: readonly Sent[], came: ReadonlyMap<number, number>): Waits {
  const until = now();
  const taken = sent.filter(({ fate }) => fate === 'acknowledged');
  const waits = taken.map(({ n, answered }) => Math.max(0, (came.get(n) ?? until) - answered)).sort((a, b) => a - b);
  const at = (share: number): number => waits[Math.max(0, Math.ceil(waits.length * share) - 1)] ?? NaN;
  return { count: taken.length, p50: at(0.5), p99: at(0.99), missing: taken.filter(({ n }) => !came.has(n)).length };
}
