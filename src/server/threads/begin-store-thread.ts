import type { Worker } from 'node:worker_threads';
import { beginThread } from '../begin-thread.ts';

/** MiB of V8's young generation, where garbage waits: 8 are as fast as its own 16 to 32. */
const young = 8;

let spare: Worker | undefined;

/** Before the rest of the server is loaded: the thread that writes loads as long as the server does, on another processor. */
export function beginAhead(): void {
  spare ??= begin();
}

/** The one that was begun ahead, or a new one. Its first message says which database it opens (Opening). */
export function beginStoreThread(): Worker {
  const begun = spare ?? begin();
  spare = undefined;
  return begun;
}

function begin(): Worker {
  return beginThread(new URL('./thread.ts', import.meta.url), { maxYoungGenerationSizeMb: young });
}
