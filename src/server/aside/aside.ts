import { Worker } from 'node:worker_threads';
import { jobs, type Jobs } from './jobs.ts';
import type { Asked } from './thread.ts';

export interface AsideLimits {
  /** Characters or bytes up to which a job is done at once, on this thread. */
  readonly small: number;
  /** Milliseconds for one job, after which its thread is ended. */
  readonly time: number;
  /** MiB that the thread may use: two objects of 4 MiB with a million fields. */
  readonly memory: number;
}

const defaults: AsideLimits = { small: 64 * 1024, time: 10_000, memory: 512 };

export interface Aside {
  /**
   * Runs a job over data of so many characters. Rejects with what the job throws, and when it was ended: it took too long or too much
   * memory, or the server stops.
   */
  run<Name extends keyof Jobs>(
    name: Name,
    size: number,
    ...given: Parameters<Jobs[Name]>
  ): Promise<ReturnType<Jobs[Name]>>;
  close(): Promise<void>;
}

interface Waiting {
  readonly asked: Asked;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

/** One thread, begun with the first large job; one job at a time, so that it is known which one ended it. Microbizz waits for `readEvent`: it goes first. */
export function openAside(limits: Partial<AsideLimits> = {}): Aside {
  const { small, time, memory } = { ...defaults, ...limits };
  const waiting: Waiting[] = [];
  let thread: Worker | undefined;
  let running: Waiting | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function begin(): Worker {
    // Nothing of the settings goes there. execArgv: what the process was started with is for the process.
    const begun = new Worker(new URL('./thread.ts', import.meta.url), {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    begun.on('message', ({ answer, error }: { answer: never; error?: unknown }) => {
      settle((job) => {
        if (error === undefined) job.resolve(answer);
        else job.reject(error);
      });
    });
    begun.on('error', (error) => {
      end(begun, error);
    });
    begun.on('exit', () => {
      end(begun, new Error('The thread for large events has ended.'));
    });
    return begun;
  }

  function end(ended: Worker, error: unknown): void {
    if (thread !== ended) return;
    thread = undefined;
    settle((job) => {
      job.reject(error);
    });
  }

  function settle(tell: (job: Waiting) => void): void {
    const job = running;
    running = undefined;
    clearTimeout(timer);
    thread?.unref();
    if (job !== undefined) tell(job);
    next();
  }

  function next(): void {
    if (running !== undefined) return;
    running = waiting.shift();
    if (running === undefined) return;
    const used = (thread ??= begin());
    used.ref();
    used.postMessage(running.asked);
    timer = setTimeout(() => {
      end(used, new Error(`It took longer than ${time / 1000} seconds.`));
      void used.terminate();
    }, time);
  }

  return {
    run<Name extends keyof Jobs>(name: Name, size: number, ...given: Parameters<Jobs[Name]>) {
      return new Promise<ReturnType<Jobs[Name]>>((resolve, reject) => {
        if (closed) throw new Error('The server is stopping.');
        if (size <= small) resolve((jobs[name] as (...given: readonly unknown[]) => ReturnType<Jobs[Name]>)(...given));
        else {
          const job = { asked: { name, given }, resolve, reject };
          if (name === 'readEvent') waiting.unshift(job);
          else waiting.push(job);
          next();
        }
      });
    },
    async close() {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('The server is stopping.'));
      const used = thread;
      if (used === undefined) return;
      end(used, new Error('The server is stopping.'));
      await used.terminate();
    },
  };
}
