import { getCompileCacheDir } from 'node:module';
import { dirname } from 'node:path';
import { Worker, type ResourceLimits } from 'node:worker_threads';

/**
 * One of our threads. It gets only the settings that it is given, and none of the arguments that the process was started with;
 * it need not compile again the code that this process has compiled.
 */
export function beginThread(file: URL, limits: ResourceLimits): Worker {
  const compiled = getCompileCacheDir();
  return new Worker(file, {
    execArgv: [],
    env: compiled === undefined ? {} : { NODE_COMPILE_CACHE: dirname(compiled) },
    resourceLimits: limits,
  });
}
