import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { median } from '../report/statistics.ts';
import { makeFolder, removeFolder } from './start-process.ts';

/** Milliseconds that the disk takes to make 4 kB safe. Other programs that write can make it thirty times of what it is alone. */
export function timeSync(): number {
  const folder = makeFolder();
  const file = openSync(join(folder, 'sync'), 'w');
  const page = Buffer.alloc(4096, 1);
  const times = Array.from({ length: 100 }, () => {
    writeSync(file, page, 0, page.length, 0);
    const began = performance.now();
    fdatasyncSync(file);
    return performance.now() - began;
  });
  closeSync(file);
  removeFolder(folder);
  return median(times);
}
