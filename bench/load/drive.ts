import { Histogram } from './histogram.ts';
import type { Job } from './jobs.ts';
import { buildSender, type Sender } from './sender.ts';

export interface Tally {
  answered: number;
  failed: number;
  times: Histogram;
}

/** Milliseconds after which a sender that got no answer tries again. */
const pause = 20;

/** Every sender sends again as soon as it is answered. */
export function driveClosed(job: Job, tally: Tally, nextId: () => number): () => void {
  const request = Buffer.from(job.request, 'base64');
  let stopped = false;
  const senders = Array.from({ length: job.connections }, (): Sender => {
    let sentAt = 0;
    const next = (): void => {
      if (stopped) return;
      sentAt = performance.now();
      sender.send(nextId());
    };
    const sender = buildSender({
      ...job,
      request,
      answered(ok) {
        if (ok) {
          tally.answered += 1;
          tally.times.add(performance.now() - sentAt);
          next();
        } else {
          tally.failed += 1;
          setTimeout(next, pause);
        }
      },
    });
    next();
    return sender;
  });
  return () => {
    stopped = true;
    setTimeout(() => {
      for (const sender of senders) sender.close();
    }, pause * 10).unref();
  };
}

/** `rate` a second whatever the answers do; one that finds every connection taken waits, and its waiting counts. */
export function driveSchedule(job: Job & { rate: number }, tally: Tally, nextId: () => number): () => void {
  const request = Buffer.from(job.request, 'base64');
  const due: number[] = [];
  const free: ((dueAt: number) => void)[] = [];
  const senders: Sender[] = [];
  for (let count = 0; count < job.connections; count += 1) {
    let dueAt = 0;
    const take = (at: number): void => {
      dueAt = at;
      sender.send(nextId());
    };
    const sender = buildSender({
      ...job,
      request,
      answered(ok) {
        if (ok) {
          tally.answered += 1;
          tally.times.add(performance.now() - dueAt);
        } else tally.failed += 1;
        const next = due.shift();
        if (next === undefined) free.push(take);
        else take(next);
      },
    });
    senders.push(sender);
    free.push(take);
  }
  let nextAt = performance.now();
  const timer = setInterval(() => {
    for (const now = performance.now(); nextAt <= now; nextAt += 1000 / job.rate) {
      const take = free.shift();
      if (take === undefined) due.push(nextAt);
      else take(nextAt);
    }
  }, 1);
  return () => {
    clearInterval(timer);
    setTimeout(() => {
      for (const sender of senders) sender.close();
    }, pause * 10).unref();
  };
}
