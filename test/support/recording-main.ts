import './shift-clock.ts';
import { openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { defineEvent, type EventHook } from '../../src/server/events/define-event.ts';
import { serve } from '../../src/server/serve.ts';
import { timeFor } from './torture-time.ts';

/** src/main.ts with handlers that write what they handled: a line at their beginning and at their end (check-handled.ts reads it). */
const record = openSync(process.env['RECORD'] ?? '', 'a');

function write(kind: 'begin' | 'end', lane: string, sequence: unknown, event: string, attempt: number): void {
  // One write with O_APPEND is whole or not there, whenever the process is killed.
  writeSync(record, `${JSON.stringify([Number(process.env['STARTS']), kind, lane, sequence, event, attempt])}\n`);
}

/** Two hooks of one module, whose objects share their lanes, and one of another. */
export const recorded = [
  'invoice/event_invoice_line_change',
  'invoice/event_edi_change',
  'todo/event_product_use_change',
];

/** In the order in which they were begun: first the one that writes. */
const threads: Worker[] = [];
process.on('worker', (thread) => threads.push(thread));

const still = new Int32Array(new SharedArrayBuffer(4));

/** What a handler of somebody's app may do wrong, by the field `poison` of the object: none of it is caught by whoever calls the handler. */
const poisons: Readonly<Record<string, () => Promise<void> | void>> = {
  throw: async () => {
    setTimeout(() => {
      throw new Error('poison: thrown in a timer');
    }, 1);
    await pause(60_000);
  },
  reject: async () => {
    void Promise.reject(new Error('poison: rejected without await'));
    await pause(60_000);
  },
  'throw-after': () => {
    setTimeout(() => {
      throw new Error('poison: thrown after the end');
    }, 100);
  },
  'reject-after': () => {
    void pause(100).then(() => Promise.reject(new Error('poison: rejected after the end')));
  },
  exit: () => process.exit(7),
  'end-writer': async () => {
    await threads[0]?.terminate();
  },
  // It holds its thread, and leaves the processor to the tests beside it.
  loop: () => {
    for (;;) Atomics.wait(still, 0, 0, 5);
  },
};

const events = recorded.map((path): EventHook => {
  const [modcode = '', hook = ''] = path.split('/');
  return defineEvent({
    modcode,
    hook,
    title: path,
    handle: async ({ id, attempt, object }) => {
      const lane = `${modcode}#${String(object['id'])}`;
      write('begin', lane, Number(object['sequence']), id, attempt);
      await poisons[String(object['poison'])]?.();
      await pause(timeFor(object));
      write('end', lane, Number(object['sequence']), id, attempt);
      return undefined;
    },
  });
});

await serve(process.env, { events, pages: [] });
