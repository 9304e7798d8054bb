import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

/** Preloaded into a server (`node --import`): tells its parent the longest hold of its thread since it was last asked, in ms. */
const resolution = 1;
const delays = monitorEventLoopDelay({ resolution });
delays.enable();

process.on('message', () => {
  process.send?.(Math.max(0, delays.max / 1e6 - resolution));
  delays.reset();
});
// It does not keep the server alive.
process.channel?.unref();
