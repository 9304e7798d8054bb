export interface Waker {
  /** Ends the sleep that is, or the next one at once. */
  nudge(): void;
  sleep(milliseconds: number): Promise<void>;
}

/** For a loop that looks now and then, and at once when it hears of something. */
export function buildWaker(): Waker {
  let nudged = false;
  let wake: (() => void) | undefined;
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
  };
}
