import type { Fields } from '../../microbizz/domain/event.ts';
import type { Aside } from './aside.ts';
import type { Jobs } from './jobs.ts';

type Job<Name extends keyof Jobs> = (...given: Parameters<Jobs[Name]>) => Promise<ReturnType<Jobs[Name]>>;

/** The table of jobs as functions: each knows the size of its input. */
export function buildEventJobs({ run }: Pick<Aside, 'run'>) {
  const readEvent: Job<'readEvent'> = ({ modcode, hook }, contentType, body) =>
    run('readEvent', body.length, { modcode, hook }, contentType, body);
  const sort: Job<'sort'> = (event) => run('sort', event.fields?.length ?? 0, event);
  /** With or without comparing it with the one before. */
  const describe = (
    event: Parameters<Jobs['describe']>[0],
    how: 'compared' | 'alone',
  ): Promise<ReturnType<Jobs['describe' | 'describeAlone']>> =>
    run(how === 'alone' ? 'describeAlone' : 'describe', event.fields.length + (event.previous?.length ?? 0), event);
  const compare: Job<'compare'> = (hook, before, after) =>
    run('compare', before.length + after.length, hook, before, after);
  const read: Job<'read'> = (hook, json) => run('read', json.length, hook, json);
  const write: Job<'write'> = (hook, json) => run('write', json.length, hook, json);
  const buildBody: Job<'buildBody'> = (event, previous, tenant) =>
    run('buildBody', sizeOf(event.fields) + sizeOf(previous ?? {}), event, previous, tenant);
  return { readEvent, sort, describe, compare, read, write, buildBody };
}

/** Characters of all names and values: of PHP's bracket fields, most are names. */
function sizeOf(fields: Fields): number {
  return Object.entries(fields).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}
