import type { Job, LoadResult } from '../load/jobs.ts';
import { buildRequest, type Form } from '../load/payload.ts';
import type { Generator, Moments } from '../load/run-load.ts';
import { busySeconds, cpuSeconds, memoryOf, type Memory } from '../process/machine.ts';
import { startVariant, type Running, type Variant } from '../servers/variants.ts';
import type { Context } from './context.ts';

export interface Load {
  readonly form: Form;
  readonly connections: number;
  readonly kept: boolean;
  readonly rate?: number;
}

export interface Run extends LoadResult {
  /** Events a second. */
  readonly speed: number;
  /** Of one core, by the server; undefined where it cannot be read. */
  readonly serverCpu: number | undefined;
  /** Microseconds of CPU that the server used for one event. */
  readonly cost: number | undefined;
  /** Of one core, by neither the server nor the generator: other programs on the machine. */
  readonly foreignCpu: number | undefined;
  readonly memory: Memory;
}

/** One load on one fresh server. `during` is called with the server before it is stopped. */
export async function measure(
  { generator, template }: Context,
  variant: Variant,
  load: Load,
  times: { warmUp: number; time: number },
  during: {
    readonly destination?: string;
    readonly moments?: (server: Running) => Moments;
    readonly after?: (server: Running) => Promise<void>;
  } = {},
): Promise<Run> {
  const server = await startVariant(variant, load.form, template, during.destination);
  try {
    const job = { port: server.port, ...buildRequest(server.path, load.form), ...load, ...times };
    const run = await observe(generator, server.pid, job, during.moments?.(server));
    await during.after?.(server);
    return run;
  } finally {
    await server.stop();
  }
}

/** One load on a running server, with what it used. */
export async function observe(generator: Generator, pid: number, job: Job, more: Moments = {}): Promise<Run> {
  const before = { server: 0, busy: 0 };
  const used: { server?: number; busy?: number; memory: Memory } = { memory: { rss: undefined, pss: undefined } };
  const result = await generator.run(job, {
    begin() {
      before.server = cpuSeconds(pid) ?? NaN;
      before.busy = busySeconds() ?? NaN;
      more.begin?.();
    },
    end() {
      more.end?.();
      used.server = (cpuSeconds(pid) ?? NaN) - before.server;
      used.busy = (busySeconds() ?? NaN) - before.busy;
      used.memory = memoryOf(pid);
    },
  });
  const serverCpu = share(used.server, result.seconds);
  const busy = share(used.busy, result.seconds);
  return {
    ...result,
    speed: result.answered / result.seconds,
    serverCpu,
    cost: serverCpu === undefined ? undefined : (serverCpu * result.seconds * 1e6) / result.answered,
    foreignCpu: busy === undefined || serverCpu === undefined ? undefined : Math.max(0, busy - serverCpu - result.cpu),
    memory: used.memory,
  };
}

function share(used: number | undefined, seconds: number): number | undefined {
  return used === undefined || Number.isNaN(used) ? undefined : used / seconds;
}
