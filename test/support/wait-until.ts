import { setTimeout as pause } from 'node:timers/promises';

/** `until` for what also runs outside vitest (bench/torture.ts): looks every few milliseconds until the answer is true. */
export async function waitUntil(
  look: () => boolean | Promise<boolean>,
  what: string,
  { timeout = 30_000, interval = 5 } = {},
): Promise<void> {
  const end = performance.now() + timeout;
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${timeout} ms`);
    await pause(interval);
  }
}
