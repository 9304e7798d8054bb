import { fileURLToPath } from 'node:url';
import type { ChildProcess } from 'node:child_process';
import { startProcess } from '../process/start-process.ts';
import type { Job, LoadResult, Message } from './jobs.ts';

export interface Moments {
  /** Called when the window begins and when it ends: for what is read beside the load. */
  readonly begin?: () => void;
  readonly end?: () => void;
}

export interface Generator {
  run(job: Job, moments?: Moments): Promise<LoadResult>;
}

export function startGenerator(): Generator {
  const { child } = startProcess({
    script: fileURLToPath(new URL('generator.ts', import.meta.url)),
    ipc: true,
  });
  return { run: (job, moments = {}) => run(child, job, moments) };
}

function run(child: ChildProcess, job: Job, moments: Moments): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    let result: LoadResult | undefined;
    const onExit = (): void => {
      reject(new Error('The load generator ended.'));
    };
    const onMessage = (message: Message): void => {
      if (message.kind === 'begin') moments.begin?.();
      else if (message.kind === 'end') {
        moments.end?.();
        result = message.result;
      } else {
        child.off('message', onMessage);
        child.off('exit', onExit);
        if (result) resolve(result);
      }
    };
    child.on('message', onMessage);
    child.once('exit', onExit);
    child.send(job);
  });
}
