import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { Refusal } from '../errors.ts';
import { fromPlain, type Asked, type Failure, type Opening, type Ready, type Said } from './messages.ts';

/** Milliseconds without an answer after which a thread is given up: a disk that does not respond, or an endless loop. */
const patience = 20_000;

export interface CalledThread {
  /** Rejects with the error that kept it from opening the database. */
  readonly ready: Promise<Ready>;
  call(port: string, method: string, given: readonly unknown[]): Promise<unknown>;
  /** Ends it when everything that was asked before is done. */
  close(): Promise<void>;
}

export interface CallOptions {
  readonly hear?: (failure: Failure) => void;
  /** Another than 20,000 for tests. */
  readonly patience?: number;
}

interface Waiting {
  readonly since: number;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface State {
  readonly worker: Worker;
  readonly ready: PromiseWithResolvers<Ready>;
  /** In the order of asking. */
  readonly calls: Map<number, Waiting>;
  /** The number of the last call. */
  last: number;
  isOpen: boolean;
  isClosing: boolean;
  ended: Error | undefined;
}

/**
 * Opens the database in a thread, and asks it. When it ends by itself, all waiting calls are refused and its error is thrown, for the
 * process to end: a new thread could not know what the old one knew (statements, the last writes), and this thread relies on it.
 */
export function callThread(worker: Worker, opening: Opening, options: CallOptions = {}): CalledThread {
  const ready = Promise.withResolvers<Ready>();
  const state: State = { worker, ready, calls: new Map(), last: 0, isOpen: false, isClosing: false, ended: undefined };
  worker.on('message', (said: Said) => {
    take(state, said, options.hear);
  });
  worker.on('error', (error) => {
    end(state, error instanceof Error ? error : new Error(String(error)));
  });
  worker.on('exit', () => {
    end(state, new Error('The thread of the database has ended.'));
  });
  watch(state, options.patience ?? patience);
  worker.postMessage(opening);
  return {
    ready: ready.promise,
    call: (port, method, given) => call(state, port, method, given),
    async close() {
      state.isClosing = true;
      if (state.ended !== undefined) return;
      const exit = once(worker, 'exit');
      await Promise.all([call(state, 'adapter', 'close', []), exit]);
    },
  };
}

function take(state: State, said: Said, hear: CallOptions['hear']): void {
  if ('acts' in said) {
    state.isOpen = true;
    state.ready.resolve(said);
  } else if ('refused' in said) end(state, fromPlain(said.refused));
  else if ('message' in said) hear?.(said);
  else {
    const waiting = state.calls.get(said.id);
    state.calls.delete(said.id);
    if ('error' in said) waiting?.reject(fromPlain(said.error));
    else waiting?.resolve(said.answer);
  }
}

function call(state: State, port: string, method: string, given: readonly unknown[]): Promise<unknown> {
  if (state.ended !== undefined) return Promise.reject(gone(state.ended));
  return new Promise((resolve, reject) => {
    state.last += 1;
    state.worker.postMessage({ id: state.last, port, method, given } satisfies Asked);
    state.calls.set(state.last, { since: performance.now(), resolve, reject });
  });
}

/** Nothing else would notice: this thread goes on, and every event would wait for ever. */
function watch(state: State, longest: number): void {
  const watching = setInterval(() => {
    const [oldest] = state.calls.values();
    if (state.ended !== undefined) clearInterval(watching);
    else if (oldest !== undefined && performance.now() - oldest.since > longest) {
      void state.worker.terminate();
      end(state, new Error(`The thread of the database has not answered for ${longest / 1000} seconds.`));
    }
  }, longest / 4).unref();
}

function end(state: State, error: Error): void {
  if (state.ended !== undefined) return;
  state.ended = error;
  state.ready.reject(error);
  for (const { reject } of state.calls.values()) reject(gone(error));
  state.calls.clear();
  if (state.isOpen && !state.isClosing) throw error;
}

function gone(cause: Error): Refusal {
  return new Refusal('unavailable', 'The database is not there any more: the server is ending.', { cause });
}
