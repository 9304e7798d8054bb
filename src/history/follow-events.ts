import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { describeEvent } from './describe-event.ts';
import type { Batch, Described, DescribeStore, Repeated } from './describe-store.ts';

/** Events in one transaction: some 3 ms of work, which an answer may have to wait for. */
const atOnce = 16;
/** Milliseconds that few events wait for others: a transaction waits for the disk however small it is. */
const company = 50;
/** Milliseconds between two looks for what another process sorted. */
const look = 1000;
/** Milliseconds of work after which others get their turn: of objects of a megabyte, one takes 200. */
const turnLength = 10;

export interface FollowerOptions {
  readonly store: DescribeStore;
  /** When it works: it shares its thread with the path of the answer, as the inbox' worker does (inbox/pace.ts). */
  readonly pace: {
    nudge(): void;
    sleep(milliseconds: number): Promise<void>;
    rest(worked: number): Promise<void>;
  };
  readonly log: { error(fields: object, message: string): void };
}

export interface Follower {
  /** Something was sorted: look soon. */
  nudge(): void;
  stop(): Promise<void>;
}

/**
 * Describes what was sorted, in its order. Any number of processes may follow one database: each batch is one transaction that begins
 * with moving the place, so of two that describe the same, one writes it, and what a crash interrupts is begun again.
 */
export function startFollower({ store, pace, log }: FollowerOptions): Follower {
  let stopped = false;

  async function turn(): Promise<void> {
    const began = performance.now();
    const batch = await store.listUndescribed(atOnce);
    if (batch === undefined) await pace.sleep(look);
    else {
      await store.describe(batch, await describeAll(batch));
      await pace.rest(performance.now() - began);
      if (batch.events.length < atOnce / 2) await delay(company);
    }
  }

  async function follow(): Promise<void> {
    while (!stopped) {
      try {
        await turn();
      } catch (err) {
        log.error({ err }, 'history: the store failed; trying again');
        await pace.sleep(look);
      }
    }
  }

  const following = follow();
  return {
    nudge: pace.nudge,
    stop() {
      stopped = true;
      pace.nudge();
      return following;
    },
  };
}

async function describeAll({ events }: Batch): Promise<(Described | Repeated)[]> {
  const told = [];
  let began = performance.now();
  for (const event of events) {
    told.push(describeEvent(event));
    if (performance.now() - began < turnLength) continue;
    await setImmediate();
    began = performance.now();
  }
  return told;
}
