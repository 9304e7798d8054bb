import { statSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { messageOf } from '../../../microbizz/domain/message-of.ts';

/** Up to this size the whole file is checked without `full`: 64 MiB take some 0.2 s. */
const quickSize = 64 * 1024 * 1024;
/** Of a larger one, the small tables without which nothing works. */
const vital = ['tenants', 'forwards', 'counters', 'scopes', 'unsorted', 'describing', 'epochs'];

export interface Integrity {
  /** The damage; undefined when none was found. */
  readonly fault: string | undefined;
  /** False when only a part of it was looked at. */
  readonly whole: boolean;
}

/** Reads only. `full` checks everything, indexes against their tables too: some seconds for each gigabyte. */
export function checkIntegrity(path: string, full: boolean): Integrity {
  const whole = full || statSync(path).size <= quickSize;
  const checks = full
    ? ['integrity_check(1)']
    : whole
      ? ['quick_check(1)']
      : vital.map((table) => `quick_check('${table}')`);
  try {
    const database = new Sqlite(path, { readonly: true });
    try {
      const said = checks.map((check) => String(database.pragma(check, { simple: true })));
      return { fault: said.find((each) => each !== 'ok'), whole };
    } finally {
      database.close();
    }
  } catch (error) {
    return { fault: messageOf(error), whole };
  }
}
