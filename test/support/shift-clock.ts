import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Imported first by an entry whose clock is to be set from outside: `Date.now` is that of the machine plus what the file named by CLOCK
 * says, in milliseconds. Timers go on as ever, as they do when a machine's clock is set.
 */
const file = process.env['CLOCK'];
const real = Date.now;
let shift = 0;

function read(): void {
  try {
    shift = Number(readFileSync(file ?? '', 'utf8'));
  } catch {
    // Not set so far.
  }
}

if (file !== undefined) {
  read();
  setInterval(read, 50).unref();
  Date.now = () => real() + shift;
}

/** Sets the clock of the processes that were started with CLOCK=file. */
export function setClock(path: string, milliseconds: number): void {
  writeFileSync(path, String(milliseconds));
}
