import type { Worker } from 'node:worker_threads';
import { beginThread } from '../begin-thread.ts';
import { jobs, type Jobs } from './jobs.ts';
import type { Asked } from './thread.ts';

export interface AsideLimits {
  /** Characters or bytes up to which a job is done at once, on this thread: the worst of 16 kB takes 18 ms (bench/worst-search.ts). */
  readonly small: number;
  /** Milliseconds for one job, after which its thread is ended. */
  readonly time: number;
  /** MiB that the thread may use: two objects of 4 MiB with a million fields. */
  readonly memory: number;
}

const defaults: AsideLimits = { small: 16 * 1024, time: 10_000, memory: 512 };

export interface Aside {
  /**
   * Runs a job over data of so many characters. Rejects with the job's error, or when the job was ended because it took too long or too
   * much memory, or because the server stops.
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

interface AsideState extends AsideLimits {
  /** Bodies that a sender waits for the reading of, and everything else. Each in the order of asking. */
  readonly bodies: Waiting[];
  readonly others: Waiting[];
  /** Which had the last turn. */
  last: Waiting[] | undefined;
  thread: Worker | undefined;
  running: Waiting | undefined;
  timer: NodeJS.Timeout | undefined;
  closed: boolean;
}

/**
 * One thread, begun with the first large job; one job at a time, so that it is known which one ended it. Bodies, which somebody waits for,
 * and all other jobs take turns: however many bodies come, stored events are sorted, described and sent.
 */
export function openAside(limits: Partial<AsideLimits> = {}): Aside {
  const aside: AsideState = {
    ...defaults,
    ...limits,
    bodies: [],
    others: [],
    last: undefined,
    thread: undefined,
    running: undefined,
    timer: undefined,
    closed: false,
  };
  return {
    run<Name extends keyof Jobs>(name: Name, size: number, ...given: Parameters<Jobs[Name]>) {
      return new Promise<ReturnType<Jobs[Name]>>((resolve, reject) => {
        if (aside.closed) throw new Error('The server is stopping.');
        if (size > aside.small) queue(aside, { asked: { name, given }, resolve, reject });
        else resolve((jobs[name] as (...given: readonly unknown[]) => ReturnType<Jobs[Name]>)(...given));
      });
    },
    close: () => close(aside),
  };
}

function queue(aside: AsideState, job: Waiting): void {
  (job.asked.name === 'readEvent' ? aside.bodies : aside.others).push(job);
  next(aside);
}

function take(aside: AsideState): Waiting | undefined {
  const { bodies, others, last } = aside;
  const turn = bodies.length > 0 && (last !== bodies || others.length === 0) ? bodies : others;
  aside.last = turn;
  return turn.shift();
}

function next(aside: AsideState): void {
  if (aside.running !== undefined) return;
  aside.running = take(aside);
  if (aside.running === undefined) return;
  const used = (aside.thread ??= begin(aside));
  used.ref();
  used.postMessage(aside.running.asked);
  aside.timer = setTimeout(() => {
    end(aside, used, new Error(`It took longer than ${aside.time / 1000} seconds.`));
    void used.terminate();
  }, aside.time);
}

function begin(aside: AsideState): Worker {
  const begun = beginThread(new URL('./thread.ts', import.meta.url), { maxOldGenerationSizeMb: aside.memory });
  begun.on('message', ({ answer, error }: { answer: never; error?: unknown }) => {
    settle(aside, (job) => {
      if (error === undefined) job.resolve(answer);
      else job.reject(error);
    });
  });
  begun.on('error', (error) => {
    end(aside, begun, error);
  });
  begun.on('exit', () => {
    end(aside, begun, new Error('The thread for large events has ended.'));
  });
  return begun;
}

function end(aside: AsideState, ended: Worker, error: unknown): void {
  if (aside.thread !== ended) return;
  aside.thread = undefined;
  settle(aside, (job) => {
    job.reject(error);
  });
}

function settle(aside: AsideState, settleJob: (job: Waiting) => void): void {
  const job = aside.running;
  aside.running = undefined;
  clearTimeout(aside.timer);
  aside.thread?.unref();
  if (job !== undefined) settleJob(job);
  next(aside);
}

async function close(aside: AsideState): Promise<void> {
  aside.closed = true;
  for (const { reject } of [...aside.bodies.splice(0), ...aside.others.splice(0)])
    reject(new Error('The server is stopping.'));
  const used = aside.thread;
  if (used === undefined) return;
  end(aside, used, new Error('The server is stopping.'));
  await used.terminate();
}
