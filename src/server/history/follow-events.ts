import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import { describeUnread } from './describe-event.ts';
import { buildWaker } from '../waker.ts';
import type { Batch, Described, DescribeStore, Repeated, Undescribed } from '../store/ports/descriptions.ts';

/** Events in one transaction: some 3 ms of work, for which arriving events may have to wait. */
const atOnce = 16;
/** Milliseconds that few events wait for others: a transaction waits for the disk however small it is. */
const company = 50;
/** Milliseconds between two checks for events that another process has sorted. */
const look = 1000;
/** Milliseconds of work after which others get their turn. */
const turnLength = 5;

export interface FollowerOptions {
  readonly store: DescribeStore;
  /** Describes one event, with or without comparing it with the one before; a large one on another thread. */
  readonly describe: (event: Undescribed, how: 'compared' | 'alone') => Promise<Described | Repeated>;
  /** After so many milliseconds of work. Resolves when others had their turn: describing comes after answering and handling. */
  readonly rest: (worked: number) => Promise<void>;
  readonly log: { error(fields: object, message: string): void };
}

export interface Follower {
  /** Something was sorted. */
  nudge(): void;
  stop(): Promise<void>;
}

/**
 * Describes sorted events, in their order. Any number of processes may follow one database: each batch is one transaction that begins
 * with moving the place, so if two describe the same batch, one writes it, and a batch that a crash interrupts is begun again.
 */
export function startFollower({ store, describe, rest, log }: FollowerOptions): Follower {
  const waker = buildWaker();
  let stopped = false;

  async function describeAll({ events, suspect }: Batch): Promise<(Described | Repeated)[]> {
    const told = [];
    let began = performance.now();
    for (const event of events) {
      told.push(await describeOne(event, suspect));
      if (performance.now() - began < turnLength) continue;
      await setImmediate();
      began = performance.now();
    }
    return told;
  }

  /** Less and less is said of it, rather than nothing for ever. */
  async function describeOne(event: Undescribed, suspect: boolean): Promise<Described | Repeated> {
    for (const how of suspect ? (['alone'] as const) : (['compared', 'alone'] as const)) {
      try {
        return await describe(event, how);
      } catch (err) {
        log.error({ err, tenant: event.tenantId, event: event.id, how }, 'history: an event could not be described');
      }
    }
    return describeUnread(event);
  }

  async function turn(): Promise<void> {
    const began = performance.now();
    const batch = await store.listUndescribed(atOnce);
    if (batch === undefined) await waker.sleep(look);
    else {
      await store.describe(batch, await describeAll(batch));
      await rest(performance.now() - began);
      if (batch.events.length < atOnce / 2) await delay(company);
    }
  }

  async function follow(): Promise<void> {
    while (!stopped) {
      try {
        await turn();
      } catch (err) {
        log.error({ err }, 'history: the store failed; trying again');
        await waker.sleep(look);
      }
    }
  }

  const following = follow();
  return {
    nudge: waker.nudge,
    stop() {
      stopped = true;
      waker.nudge();
      return following;
    },
  };
}
