const [second, minute, hour] = [1000, 60_000, 3_600_000];

/** Milliseconds after the first, second, … failed attempt. After the last of them a failure is final. */
export const backOff: readonly number[] = [5 * second, 30 * second, 2 * minute, 10 * minute, hour, 6 * hour, 24 * hour];

/** `Retry-After` is honoured up to a day: a destination must not park its events for years by a slip. */
const longest = 24 * hour;

/**
 * Milliseconds to wait after this failed attempt; undefined when there is no further one. Up to a fifth longer by chance, so that events
 * that failed together do not come back together.
 */
export function retryDelay(
  attempt: number,
  random: () => number,
  retryAfter = 0,
  delays = backOff,
): number | undefined {
  const delay = delays[attempt - 1];
  if (delay === undefined) return undefined;
  return Math.round(Math.max(delay * (1 + random() / 5), Math.min(retryAfter, longest)));
}
