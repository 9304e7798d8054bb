/** Does something when it is its turn. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `atOnce` tasks at the same time; a task that takes longer than `patience` ms goes on by itself, and gives up its place. */
export function buildTurns(atOnce: number, patience: number): InTurn {
  const waiting: (() => void)[] = [];
  let taken = 0;

  function leave(): void {
    const next = waiting.shift();
    if (next === undefined) taken -= 1;
    else next();
  }
  return async (work) => {
    if (taken < atOnce) taken += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    let has = true;
    function leaveOnce(): void {
      if (has) leave();
      has = false;
    }
    const timer = setTimeout(leaveOnce, patience).unref();
    try {
      return await work();
    } finally {
      clearTimeout(timer);
      leaveOnce();
    }
  };
}
