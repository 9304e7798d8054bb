import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openDatabase } from '../../src/server/store/sqlite/open-database.ts';

/** In memory where there is such a folder with a gigabyte of room: most tests ask nothing about the disk, and would wait for it. */
export const quickest = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir();

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 2 ** 30;
}

/** The file of a database as the first start leaves it. */
let empty: Buffer | undefined;

function makeEmpty(): Buffer {
  const folder = mkdtempSync(join(quickest, 'appconnect-test-'));
  const file = join(folder, 'appconnect.db');
  openDatabase(file).close();
  const bytes = readFileSync(file);
  rmSync(folder, { recursive: true });
  return bytes;
}

/** A folder with an empty database for one test, gone after it. Migrating anew takes ten times as long, and waits for the disk. */
export function makeHome(): string {
  const folder = mkdtempSync(join(quickest, 'appconnect-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  writeFileSync(join(folder, 'appconnect.db'), (empty ??= makeEmpty()), { mode: 0o600 });
  return folder;
}
