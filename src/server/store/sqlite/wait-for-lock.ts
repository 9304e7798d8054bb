import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Refusal } from '../../errors.ts';
import type { Database } from './open-database.ts';

/** Milliseconds that an act waits, at most, for a write lock which another program holds. */
const patience = 5000;
/** Milliseconds between two looks whether it is free, at most; the first ones are quicker. */
const pause = 20;
/** Looks after which the acts that wait see whether they have waited long enough. */
const looks = 10;

/** The checks whether the lock is free, which all waiting acts share. */
interface LockWatch {
  /** Resolves with whether it is free; undefined while nobody checks, because it was free when last wanted. */
  taken(): Promise<boolean> | undefined;
  begin(): void;
}

function watchLock(database: Database): LockWatch {
  const look = database.prepare('BEGIN IMMEDIATE');
  const letGo = database.prepare('ROLLBACK');
  let taken: Promise<boolean> | undefined;

  /** True when it is free now; false when it is not yet. */
  async function watch(): Promise<boolean> {
    for (let at = 0; at < looks; at += 1) {
      await delay(Math.min(pause, 2 ** at));
      if (!database.open) return true;
      try {
        look.run();
        letGo.run();
        return true;
      } catch (error) {
        if (!isBusy(error)) return true;
      }
    }
    return false;
  }
  return {
    taken: () => taken,
    begin() {
      taken ??= watch().finally(() => {
        taken = undefined;
      });
    },
  };
}

/** Runs an act that found the lock taken, or would find it so. */
async function doLater<R>(lock: LockWatch, act: () => Promise<R>, until: number): Promise<R> {
  for (;;) {
    for (let taken = lock.taken(); taken !== undefined; taken = lock.taken()) {
      if (await taken) continue;
      if (performance.now() >= until) throw refusal();
      lock.begin();
    }
    try {
      return await act();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= until) throw refusal(error);
      lock.begin();
    }
  }
}

/**
 * SQLite would wait for a lock on its caller's thread, so it is configured not to wait at all; the waiting is done here. While the lock is held
 * elsewhere there is one check in 20 ms, however many acts wait, and they go on in the order in which they came. Every method of the store
 * is one whole act, which has changed nothing when it found the lock taken: so it is simply begun again.
 */
export function buildLockWait(database: Database) {
  const lock = watchLock(database);
  const late = new Set<Promise<unknown>>();

  /** `waits` remembers whether it writes: an act that only reads never waits for the lock. */
  async function run<R>(act: () => Promise<R>, waits: { writes: boolean }, limit: number): Promise<R> {
    if (lock.taken() === undefined || !waits.writes) {
      try {
        return await act();
      } catch (error) {
        if (!isBusy(error)) throw error;
        waits.writes = true;
        lock.begin();
      }
    }
    const later = doLater(lock, act, performance.now() + limit);
    late.add(later);
    try {
      return await later;
    } finally {
      late.delete(later);
    }
  }

  return {
    /** The same acts, each of which waits for the lock. */
    waiting<Acts extends object>(acts: Acts, limit = patience): Acts {
      const wrapped = Object.entries(acts).map(([name, act]: [string, (...given: unknown[]) => Promise<unknown>]) => {
        const waits = { writes: false };
        return [name, (...given: unknown[]) => run(() => act(...given), waits, limit)];
      });
      return Object.fromEntries(wrapped) as Acts;
    },
    /** Resolves when none of them waits any more. */
    async end(): Promise<void> {
      // An act that has just found the lock taken joins them a turn later.
      await nextTurn();
      await Promise.allSettled(late);
    },
  };
}

function refusal(cause?: unknown): Refusal {
  return new Refusal('unavailable', 'The database is in use by another program. Try again later.', { cause });
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}
