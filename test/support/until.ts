import { vi } from 'vitest';

/** Waits for a condition, not for a time: resolves with the first answer that is neither undefined nor false. */
type Found<T> = Exclude<T, undefined | null | false>;

export async function until<T>(look: () => T | Promise<T>, what = 'the condition'): Promise<Found<T>> {
  return vi.waitFor(
    async () => {
      const found = await look();
      if (found === undefined || found === null || found === false) throw new Error(`${what} did not come true`);
      return found as Found<T>;
    },
    { timeout: 20_000, interval: 10 },
  );
}
