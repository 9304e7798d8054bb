/** While arrivals keep coming, the worker rests three times as long as it worked: a quarter of the time is enough to keep up with. */
const restRatio = 3;
/** Milliseconds that a rest takes at most. */
const longestRest = 25;

export interface Pace {
  /** Ends the sleep that is, or the next one at once. */
  readonly nudge: () => void;
  sleep(milliseconds: number): Promise<void>;
  /** After `worked` ms of work: lets the answers go first. */
  rest(worked: number): Promise<void>;
}

/** When the worker works. It shares its thread with the path of the answer, and the answer comes first. */
export function buildPace(arrivals: () => number): Pace {
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
    rest(worked) {
      const coming = arrivals() !== seen;
      seen = arrivals();
      return new Promise((resolve) => {
        if (coming) setTimeout(resolve, Math.min(worked * restRatio, longestRest));
        else setImmediate(resolve);
      });
    },
  };
}
