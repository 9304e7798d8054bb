import { setTimeout as delay } from 'node:timers/promises';

/** While the loop is busy with arrivals, the worker rests four times as long as it worked; what it does not get done waits on disk. */
const workerRests = 4;
/** Milliseconds that a rest takes at least and at most. A step costs a millisecond however little it does: it waits for company. */
const shortestRest = 10;
const longestRest = 200;
/** A rest in which the loop was less busy than this has room for the worker. */
const busyLoop = 0.7;

export interface Pace {
  /** Ends the sleep that is, or the next one at once. */
  readonly nudge: () => void;
  sleep(milliseconds: number): Promise<void>;
  /** After `worked` ms of work: lets the answers go first. */
  rest(worked: number): Promise<void>;
}

/** When the worker works. It shares its thread with the path of the answer, and the answer comes first. */
export function buildPace(arrivals: () => number, restRatio = workerRests): Pace {
  let nudged = false;
  let wake: (() => void) | undefined;
  let seen = 0;

  return {
    nudge() {
      nudged = true;
      wake?.();
    },
    async sleep(milliseconds) {
      if (!nudged) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      nudged = false;
    },
    async rest(worked) {
      const coming = arrivals() !== seen;
      seen = arrivals();
      if (!coming) {
        await new Promise((resolve) => setImmediate(resolve));
        return;
      }
      const end = performance.now() + Math.min(worked * restRatio, longestRest);
      do {
        const before = performance.eventLoopUtilization();
        await delay(shortestRest);
        if (performance.eventLoopUtilization(before).utilization < busyLoop) return;
      } while (performance.now() < end);
    },
  };
}
