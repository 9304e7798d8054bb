import { openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { defineEvent, type EventHook } from '../../src/events/define-event.ts';
import { serve } from '../../src/serve.ts';

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

const events = recorded.map((path): EventHook => {
  const [modcode = '', hook = ''] = path.split('/');
  return defineEvent({
    modcode,
    hook,
    title: path,
    handle: async ({ id, attempt, object }) => {
      const lane = `${modcode}#${String(object['id'])}`;
      write('begin', lane, object['sequence'], id, attempt);
      await pause(Math.random() * 4);
      write('end', lane, object['sequence'], id, attempt);
      return undefined;
    },
  });
});

await serve(process.env, { events, pages: [] });
