import { readFileSync } from 'node:fs';

/** Linux counts CPU time in hundredths of a second, on every architecture that Node runs on. */
const ticks = 100;

/** The process and what it has started. Only itself where there is no /proc. */
export function processTree(pid: number): number[] {
  const children = read(`/proc/${pid}/task/${pid}/children`)?.split(' ').filter(Boolean).map(Number) ?? [];
  return [pid, ...children.flatMap(processTree)];
}

/** Seconds of CPU that the process tree has used; undefined where there is no /proc. */
export function cpuSeconds(pid: number): number | undefined {
  const times = processTree(pid).map((each) => {
    const stat = read(`/proc/${each}/stat`);
    // The name, in brackets, may hold blanks: count from behind it.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  });
  const sum = times.reduce((total, time) => total + time, 0);
  return Number.isNaN(sum) ? undefined : sum;
}

/** Seconds that all cores were busy with anything. */
export function busySeconds(): number | undefined {
  const all = read('/proc/stat')?.split('\n')[0]?.trim().split(/\s+/).slice(1).map(Number);
  if (all === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = all;
  return (user + nice + system + irq + softirq) / ticks;
}

export interface Memory {
  /** Megabytes; undefined where there is no /proc. */
  readonly rss: number | undefined;
  readonly pss: number | undefined;
}

export function memoryOf(pid: number): Memory {
  const text = read(`/proc/${pid}/smaps_rollup`) ?? '';
  const megabytes = (name: string): number | undefined => {
    const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
    return found === undefined ? undefined : Number(found) / 1024;
  };
  return { rss: megabytes('Rss'), pss: megabytes('Pss') };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
