/** A process of its own that asks /health/live every few milliseconds, and tells its parent the longest wait since it was last asked. */
import { ask } from './ask.ts';

const [url = ''] = process.argv.slice(2);
let longest = 0;
let since = performance.now();

process.on('message', () => {
  // A wait that has not ended yet counts too.
  process.send?.(Math.max(longest, performance.now() - since));
  longest = 0;
});
process.on('disconnect', () => process.exit());

for (;;) {
  since = performance.now();
  await ask(url, { timeout: 60_000 });
  longest = Math.max(longest, performance.now() - since);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
