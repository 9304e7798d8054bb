import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The key in `file`, made when there is none: 256 random bits, mode 0600. Written beside and then linked, so that of two first starts
 * one wins and both read the same whole key.
 */
export function getAppKey(file: string): string {
  return readAppKey(file) ?? putAppKey(file, randomBytes(32).toString('base64url'));
}

/** Makes the file; of two that do, one wins. Answers the key that is in it then. */
export function putAppKey(file: string, key: string): string {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Not named by the pid: two containers that share a volume may have the same one.
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, `${key}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readAppKey(file) ?? fail(file);
}

/** Undefined when there is no such file. A file that others may read is made private, if it is ours. */
export function readAppKey(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    if ((statSync(file).mode & 0o077) !== 0) keepPrivate(file);
    return text === '' ? fail(file) : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function keepPrivate(file: string): void {
  try {
    chmodSync(file, 0o600);
  } catch {
    // Another user's: doctor reports it.
  }
}

function fail(file: string): never {
  throw new Error(
    `${file} is empty. Put the key back from your backup, or remove the file to make a new key (every Microbizz must then connect again).`,
  );
}
