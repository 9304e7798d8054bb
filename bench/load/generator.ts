import { setTimeout as sleep } from 'node:timers/promises';
import { driveClosed, driveSchedule, type Tally } from './drive.ts';
import { Histogram } from './histogram.ts';
import type { Job, LoadResult, Message } from './jobs.ts';

/** The load generator: a process of its own, that lives through the whole benchmark, so that its code is warm. */
let lastId = 100_000_000;
const nextId = (): number => (lastId += 1);

function tell(message: Message): void {
  process.send?.(message);
}

async function carryOut(job: Job): Promise<void> {
  const tally: Tally = { answered: 0, failed: 0, times: new Histogram() };
  const { rate } = job;
  const stop = rate === undefined ? driveClosed(job, tally, nextId) : driveSchedule({ ...job, rate }, tally, nextId);
  await sleep(job.warmUp);
  Object.assign(tally, { answered: 0, failed: 0, times: new Histogram() });
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  tell({ kind: 'begin' });
  await sleep(job.time);
  const { answered, failed, times } = tally;
  const seconds = (performance.now() - began) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const result: LoadResult = {
    answered,
    failed,
    seconds,
    cpu: (cpu.user + cpu.system) / 1e6 / seconds,
    p50: times.quantile(0.5),
    p99: times.quantile(0.99),
  };
  tell({ kind: 'end', result });
  stop();
  // The answers under way may still come: they belong to no window, but their events are stored.
  await sleep(300);
  tell({ kind: 'idle' });
}

process.on('message', (job: Job) => {
  void carryOut(job);
});
process.on('disconnect', () => process.exit());
