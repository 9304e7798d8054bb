import '../../test/support/shift-clock.ts';
import { openSync, writeSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { defineEvent } from '../../src/server/events/define-event.ts';
import { serve } from '../../src/server/serve.ts';

/**
 * src/main.ts with a handler that does what the event's object says, and notes its begins and ends in the file RECORD, with a clock that
 * all processes of the machine share.
 *
 * n: its number in the record (left out: not noted) · work, spin: milliseconds that it waits, and that it holds the thread · hang: until
 * it is cut off · api: asks its Microbizz · fail: so many attempts throw · poison: below
 */
const record = openSync(process.env['RECORD'] ?? '', 'a');

function note(kind: 'begin' | 'end', n: unknown, attempt: number): void {
  if (n === undefined) return;
  const at = Number(process.hrtime.bigint()) / 1e6;
  writeSync(record, `${JSON.stringify([kind, n, attempt, at, process.env['STARTS'] ?? 'other'])}\n`);
}

/** What a handler of somebody's app may do wrong. */
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
  loop: () => {
    for (;;);
  },
  spin: () => {
    const until = performance.now() + 20_000;
    while (performance.now() < until);
  },
};

const change = defineEvent({
  modcode: 'invoice',
  hook: 'event_invoice_line_change',
  title: 'Isolation',
  handle: async ({ attempt, object }, { api, signal }) => {
    const { n, work, hang, fail, poison } = object;
    note('begin', n, attempt);
    await poisons[String(poison)]?.();
    if (attempt <= Number(fail ?? 0)) throw new Error('failed, as it was told to');
    if (object['api'] === true) await api.run('Echo', { text: 'hello' });
    if (hang === true) await pause(600_000, undefined, { signal });
    if (work !== undefined) await pause(Number(work));
    note('end', n, attempt);
    return undefined;
  },
});

await serve(process.env, { events: [change], pages: [] });
