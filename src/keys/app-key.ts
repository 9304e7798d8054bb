import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * The key in `file`, made on first start: 256 random bits, mode 0600. Written beside and then linked, so that of two first starts
 * one wins and both read the same whole key.
 */
export function getAppKey(file: string): string {
  const stored = read(file);
  if (stored !== undefined) return stored;
  mkdirSync(dirname(file), { recursive: true });
  // Not named by the pid: two containers that share a volume may have the same one.
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return read(file) ?? fail(file);
}

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8').trim();
    return text === '' ? fail(file) : text;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function fail(file: string): never {
  throw new Error(
    `${file} is empty. Put the key back from your backup, or remove the file to make a new key (every Microbizz must then connect again).`,
  );
}
