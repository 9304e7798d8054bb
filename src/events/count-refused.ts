/** Milliseconds between two lines. */
const pause = 60_000;

export interface RefusedCount {
  /** By tenant; without one where nobody knows whose they are. */
  count(tenant?: number): void;
  close(): void;
}

/** For refusals that may come thousands of times a second: a warning at once, and then once a minute with how many there were. */
export function buildRefusedCount(log: { warn(fields: object, message: string): void }, message: string): RefusedCount {
  const counts = new Map<number | undefined, number>();
  let timer: NodeJS.Timeout | undefined;

  function say(tenant: number | undefined, refused: number): void {
    log.warn({ ...(tenant !== undefined && { tenant }), refused }, message);
    counts.set(tenant, 0);
    timer ??= setTimeout(sayAll, pause).unref();
  }
  function sayAll(): void {
    timer = undefined;
    for (const [tenant, refused] of counts)
      if (refused === 0) counts.delete(tenant);
      else say(tenant, refused);
  }
  return {
    count(tenant) {
      const refused = counts.get(tenant);
      if (refused === undefined) say(tenant, 1);
      else counts.set(tenant, refused + 1);
    },
    close() {
      clearTimeout(timer);
    },
  };
}
