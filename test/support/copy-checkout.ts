import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from './start-server.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A copy of these folders and files of the checkout, from which the server can be started. Its path has a blank and letters outside ASCII. */
export function copyCheckout(paths: readonly string[]): string {
  const copy = join(makeFolder(), 'Ny mappe æøå');
  for (const path of [...paths, 'package.json']) cpSync(join(root, path), join(copy, path), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}
