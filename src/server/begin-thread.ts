import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker, type ResourceLimits } from 'node:worker_threads';

/**
 * A thread of ours. Nothing of the settings goes there but what it is given, and nothing of the arguments that the process was started with;
 * what this process has compiled it need not compile again.
 */
export function beginThread(file: URL, limits: ResourceLimits): Worker {
  const compiled = getCompileCacheDir();
  return new Worker(file, {
    execArgv: [],
    env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) },
    resourceLimits: limits,
  });
}
