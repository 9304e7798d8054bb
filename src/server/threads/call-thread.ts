import { once } from 'node:events';
import { Refusal } from '../errors.ts';
import { beginStoreThread } from './begin-store-thread.ts';
import { fromPlain, type Asked, type Opening, type Ready, type Said, type Failure } from './messages.ts';

export interface CalledThread {
  /** Rejects with the error that kept it from opening the database. */
  readonly ready: Promise<Ready>;
  call(port: string, method: string, given: readonly unknown[]): Promise<unknown>;
  /** Ends it when everything that was asked before is done. */
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Begins a thread that has the database, and asks it. When it ends by itself, all waiting calls are refused and its error is thrown, for the
 * process to end: a new thread could not know what the old one knew (statements, the last writes), and this thread relies on it.
 */
export function callThread(opening: Opening, hear: (failure: Failure) => void = () => undefined): CalledThread {
  const worker = beginStoreThread();
  worker.postMessage(opening);
  const ready = Promise.withResolvers<Ready>();
  const calls = new Map<number, Waiting>();
  let last = 0;
  let ended: Error | undefined;
  let opened = false;
  let closing = false;

  worker.on('message', (said: Said) => {
    if ('id' in said) settle(said);
    else if ('acts' in said) {
      opened = true;
      ready.resolve(said);
    } else hear(said);
  });
  function settle(said: Extract<Said, { id: number }>): void {
    const waiting = calls.get(said.id);
    calls.delete(said.id);
    if ('error' in said) waiting?.reject(fromPlain(said.error));
    else waiting?.resolve(said.answer);
  }
  function end(error: Error): void {
    if (ended !== undefined) return;
    ended = error;
    ready.reject(error);
    for (const { reject } of calls.values()) reject(gone(error));
    calls.clear();
    if (opened && !closing) throw error;
  }
  worker.on('error', (error) => {
    end(error instanceof Error ? error : new Error(String(error)));
  });
  worker.on('exit', () => {
    end(new Error('The thread of the database has ended.'));
  });

  function call(port: string, method: string, given: readonly unknown[]): Promise<unknown> {
    if (ended !== undefined) return Promise.reject(gone(ended));
    return new Promise((resolve, reject) => {
      last += 1;
      worker.postMessage({ id: last, port, method, given } satisfies Asked);
      calls.set(last, { resolve, reject });
    });
  }
  return {
    ready: ready.promise,
    call,
    async close() {
      closing = true;
      const exit = once(worker, 'exit');
      await call('adapter', 'close', []);
      await exit;
    },
  };
}

function gone(cause: Error): Refusal {
  return new Refusal('unavailable', 'The database is not there any more: the server is ending.', { cause });
}
