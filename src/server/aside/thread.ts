import { parentPort } from 'node:worker_threads';
import { jobs, type Jobs } from './jobs.ts';

export interface Asked {
  readonly name: keyof Jobs;
  readonly given: readonly unknown[];
}

parentPort?.on('message', ({ name, given }: Asked) => {
  const job = jobs[name] as (...given: readonly unknown[]) => unknown;
  try {
    parentPort?.postMessage({ answer: job(...given) });
  } catch (error) {
    parentPort?.postMessage({ error });
  }
});
