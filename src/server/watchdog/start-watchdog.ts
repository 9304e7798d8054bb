import { Worker } from 'node:worker_threads';
import { describeCurrent } from '../strays.ts';

/** Milliseconds between two beats. */
const beat = 250;

/** How `watch.ts` reaches describeCurrent from the other thread. */
export const currentName = 'appconnect.current';

/** Watches this thread from another one until the process ends. Writes to standard output, as the log does. */
export function startWatchdog(): void {
  Reflect.set(globalThis, Symbol.for(currentName), describeCurrent);
  const heart = new Int32Array(new SharedArrayBuffer(4));
  setInterval(() => {
    Atomics.add(heart, 0, 1);
  }, beat).unref();
  new Worker(new URL('./watch.ts', import.meta.url), { workerData: { heart, currentName } }).unref();
}
