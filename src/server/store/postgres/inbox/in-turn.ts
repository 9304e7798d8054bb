import { Refusal } from '../../../errors.ts';

interface Act<One> {
  readonly given: readonly One[];
  resolve(ids: number[]): void;
  reject(error: unknown): void;
}

export interface InTurn<One> {
  add(given: readonly One[]): Promise<number[]>;
  /** Resolves when all calls so far have ended. Later calls are rejected. */
  end(): Promise<void>;
}

/** Acts that are stored together, at most. */
const most = 16;

/**
 * One at a time for this process, in the order of the calls: on several connections the later one might get the lock first. Events that
 * come while one is under way go with the next, in one statement, and wait for the disk once.
 */
export function inTurn<One>(store: (given: readonly One[]) => Promise<number[]>): InTurn<One> {
  const waiting: Act<One>[] = [];
  let working: Promise<void> | undefined;
  let isOver = false;

  async function storeTogether(acts: readonly Act<One>[]): Promise<void> {
    try {
      const ids = await store(acts.flatMap(({ given }) => given));
      let place = 0;
      for (const { given, resolve } of acts) resolve(ids.slice(place, (place += given.length)));
    } catch (error) {
      // If the database refuses, one of them is the cause, but not known which: so each is tried by itself. If it cannot be reached, all are in doubt.
      if (acts.length > 1 && !(error instanceof Refusal)) for (const act of acts) await storeTogether([act]);
      else for (const { reject } of acts) reject(error);
    }
  }
  async function work(): Promise<void> {
    while (waiting.length > 0) await storeTogether(waiting.splice(0, most));
    working = undefined;
  }

  return {
    add: (given) =>
      new Promise((resolve, reject) => {
        if (isOver) throw new Refusal('unavailable', 'The store is closed.');
        waiting.push({ given, resolve, reject });
        working ??= work();
      }),
    async end() {
      isOver = true;
      await working;
    },
  };
}
