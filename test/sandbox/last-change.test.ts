import { describe, expect, test } from 'vitest';
import { openApi, type ConnectedSandbox, type Result } from './call-api.ts';

const noon = Date.UTC(2026, 0, 15, 11, 30, 5);
const command = 'GetInvoiceLinesByLastChange';

const idsOf = (result: Result) => (result['invoicelines'] as { id: number }[]).map(({ id }) => id);

async function readAll({ run }: ConnectedSandbox, most = 20): Promise<{ pages: number[][]; keys: unknown[] }> {
  const [pages, keys]: [number[][], unknown[]] = [[], []];
  let resumekey: object = {};
  while (pages.length < most) {
    const result = await run(command, { changedate: '2026-01-15', ...resumekey });
    pages.push(idsOf(result));
    keys.push(result['resumekey']);
    if (!result['resumekey']) break;
    resumekey = { resumekey: result['resumekey'] };
  }
  return { pages, keys };
}

describe('a list by last change', () => {
  test('is inclusive by date alone, and exclusive with a time', async () => {
    const { sandbox, run } = await openApi({ now: () => noon });
    await sandbox.changeInvoiceLine(50102);
    expect(idsOf(await run(command, { changedate: '2026-01-15' }))).toEqual([50102]);
    expect(idsOf(await run(command, { changedate: '15/01/2026' }))).toEqual([50102]);
    expect(idsOf(await run(command, { changedate: '2026-01-16' }))).toEqual([]);
    expect(idsOf(await run(command, { changedate: '2026-01-15', changetime: '12:30:04' }))).toEqual([50102]);
    expect(idsOf(await run(command, { changedate: '2026-01-15', changetime: '12:30:05' }))).toEqual([]);
    expect(idsOf(await run(command))).toEqual([50101, 50103, 50104, 50102]);
  });

  test('refuses dates, times and keys that are none', async () => {
    const { run } = await openApi();
    const ask = async (input: object) => (await run(command, input)).msg;
    expect(await ask({ changedate: '2026-02-30' })).toBe('changedate must be a date such as 2011-08-05');
    expect(await ask({ changedate: 20_260_115 })).toMatch(/^changedate must be a date/);
    expect(await ask({ changedate: '2026-01-15', changetime: '25:00' })).toMatch(/^changetime must be a time/);
    expect(await ask({ changetime: '12:00' })).toBe('changetime needs changedate');
    expect(await ask({ resumekey: 'forged' })).toBe('Invalid resumekey');
  });

  test('comes in pages, of which the last carries no key', async () => {
    const api = await openApi({ now: () => noon });
    const ids = api.sandbox.addInvoiceLines(25);
    api.sandbox.faults.pageSize = 10;
    const { pages, keys } = await readAll(api);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(ids);
    expect(keys.map((key) => typeof key)).toEqual(['string', 'string', 'undefined']);
  });

  test('tells what changes between two pages again, so that nothing is missed', async () => {
    let now = noon;
    const { sandbox, run } = await openApi({ now: () => now });
    const [first = 0, second = 0, third = 0] = sandbox.addInvoiceLines(3);
    sandbox.faults.pageSize = 2;
    const page = await run(command, { changedate: '2026-01-15' });
    now += 1000;
    await sandbox.changeInvoiceLine(first);
    const { resumekey } = page;
    expect(idsOf(page)).toEqual([first, second]);
    expect(idsOf(await run(command, { changedate: '2026-01-15', resumekey }))).toEqual([third, first]);
  });

  test('faults: a key that repeats for ever, one behind the last page, an empty one', async () => {
    const api = await openApi({ now: () => noon });
    api.sandbox.addInvoiceLines(20);
    api.sandbox.faults.pageSize = 10;
    api.sandbox.faults.resumekey = 'repeats';
    const repeated = await readAll(api, 5);
    expect(repeated.pages).toHaveLength(5);
    expect(new Set(repeated.keys).size).toBe(1);
    api.sandbox.faults.resumekey = 'after-last';
    expect((await readAll(api)).pages.map((page) => page.length)).toEqual([10, 10, 0]);
    api.sandbox.faults.resumekey = 'empty-at-end';
    expect((await readAll(api)).keys.at(-1)).toBe('');
  });
});
