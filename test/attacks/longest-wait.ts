import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage, Victim } from './stage.ts';

/** Milliseconds that nobody may have to wait for /health/live. */
const most = 1000;

/**
 * Runs `act`, then waits until the server is quiet again: `settle` milliseconds without a wait of more than 100. What somebody
 * else waited longest meanwhile, when that is too long.
 */
export async function findFreeze(
  stage: Stage,
  victim: Victim,
  act: () => Promise<unknown>,
  { settle = 1500, end = 40_000 } = {},
): Promise<string | undefined> {
  const watcher = fork(join(import.meta.dirname, 'watch-live.ts'), [`${victim.url}/health/live`], { execArgv: [] });
  stage.onEnd(() => watcher.kill());
  const look = async (): Promise<number> => {
    watcher.send('look');
    const [wait] = (await once(watcher, 'message')) as [number];
    return wait;
  };
  await look();
  await pause(200);
  await look();
  const acting = act().then(
    () => undefined,
    (error: unknown) => String(error),
  );
  let longest = 0;
  let quiet = 0;
  for (let passed = 0; passed < end && quiet < settle && victim.alive(); passed += 250) {
    await pause(250);
    const wait = await look();
    longest = Math.max(longest, wait);
    quiet = wait < 100 ? quiet + 250 : 0;
  }
  const fault = await Promise.race([acting, pause(20_000)]);
  watcher.disconnect();
  if (!victim.alive()) return 'the server has ended';
  if (fault !== undefined) throw new Error(fault);
  return longest > most ? `nobody else was answered for ${(longest / 1000).toFixed(1)} s` : undefined;
}
