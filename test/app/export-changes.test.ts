import { expect, test } from 'vitest';
import { exportCsv, exportJson } from '../../src/app/hooks/changes/export-changes.ts';
import { buildChangesQuery } from '../../src/app/hooks/changes/read-filter.ts';
import { change, fakeHistory, now } from './history.ts';

const query = buildChangesQuery('30').parse({});

async function read(body: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of body) text += part;
  return text;
}

test('a spreadsheet gets one change a line, with the mark, the separators and the apostrophes that Excel needs', async () => {
  const { history } = fakeHistory([
    change(2, { title: '=HYPERLINK("http://evil.example";"x")', usercode: '@SUM(1)', fields: [], first: true }),
    change(1, { gap: true, state: 'failed', more: 2, title: 'a;"b"\nc' }),
  ]);
  const { filename, type, body } = exportCsv({ query, language: 'da', now, history });
  expect([filename, type]).toEqual(['aendringer-2025-04-01.csv', 'text/csv; charset=utf-8']);
  const lines = (await read(body)).split('\r\n');
  expect(lines[0]).toBe('\uFEFFHvornår;Hvad;Id;Tekst;Ændret;Bruger;Status;Hvordan;Hvornår (UTC)');
  expect(lines[1]).toBe(
    `2025-04-01 10:42:00;Fakturalinje;50101;"'=HYPERLINK(""http://evil.example"";""x"")";Første gang set: intet at sammenligne med;'@SUM(1);Færdig;Meldt af Microbizz;2025-04-01T08:42:00.000Z`,
  );
  expect(lines[2]).toContain(
    '"a;""b""\nc";Antal: 1 → 2; + 2 felter mere;'.replace(
      'Antal: 1 → 2; + 2 felter mere',
      '"Antal: 1 → 2; + 2 felter mere"',
    ),
  );
});

test('an export is read in small steps, as far as it goes and no further', async () => {
  const changes = Array.from({ length: 450 }, (_, at) => change(450 - at));
  const { history, asked } = fakeHistory(changes);
  const json = JSON.parse(await read(exportJson({ query, language: 'en', now, history }).body)) as {
    eventId: number;
  }[];
  expect(json.map(({ eventId }) => eventId)).toEqual(changes.map(({ eventId }) => eventId));
  expect(json[0]).toMatchObject({ modcode: 'invoice', object: { id: 50101 }, receivedAt: '2025-04-01T08:42:00.000Z' });
  expect(asked.length).toBe(9);
});

test('nothing found is an empty list, and a head without lines', async () => {
  const { history } = fakeHistory([]);
  expect(JSON.parse(await read(exportJson({ query, language: 'en', now, history }).body))).toEqual([]);
  expect((await read(exportCsv({ query, language: 'en', now, history }).body)).trim().split('\r\n').length).toBe(1);
});

test.each(['=1+1', ' =1', '\u00a0=1', '\uFEFF+1', '\t-1', '\n@1', '\r=1', '＝1', '\u0000=1'])(
  'a spreadsheet reads %j as text, in whatever column it stands',
  async (formula) => {
    const { history } = fakeHistory([
      change(1, {
        ...{ modcode: formula, hook: 'x', objectId: formula, title: formula, usercode: formula },
        fields: [{ path: formula, kind: 'changed', from: formula, to: formula }],
      }),
    ]);
    const csv = await read(exportCsv({ query, language: 'en', now, history }).body);
    const cells = [...csv.slice(1).matchAll(/(?:"((?:[^"]|"")*)"|([^;\r\n]*))(?:;|\r\n)/g)];
    const row = cells.slice(9).map(([, quoted, bare]) => quoted ?? bare ?? '');
    expect(row).toHaveLength(9);
    expect(row.filter((cell) => /^[^\p{L}\p{N}']*[=+\-@＝]/u.test(cell))).toEqual([]);
  },
);

test('the hour that comes twice in October is told apart', async () => {
  const { history } = fakeHistory(
    ['2025-10-26T01:30:00Z', '2025-10-26T00:30:00Z'].map((at, index) =>
      change(2 - index, { receivedAt: Date.parse(at) }),
    ),
  );
  const csv = await read(exportCsv({ query, language: 'en', now, history }).body);
  const rows = csv
    .trimEnd()
    .split('\r\n')
    .slice(1)
    .map((row) => row.split(';'));
  expect(rows.map((row) => [row[0], row.at(-1)])).toEqual([
    ['2025-10-26 02:30:00', '2025-10-26T01:30:00.000Z'],
    ['2025-10-26 02:30:00', '2025-10-26T00:30:00.000Z'],
  ]);
});

test.each([
  ...['0042', '007', '12345678901234567890', '1-2', '1E5', '1.2', '10:30', '5 %', ' 7', '1/2'],
  ...['2 maj', 'MAR1', 'Sept-2', '1. december 2025', 'true', 'Falsk'],
])('%j stays the text that it is: a spreadsheet would make another value of it', async (text) => {
  const { history } = fakeHistory([change(1, { objectId: text, title: text, usercode: text })]);
  const csv = await read(exportCsv({ query, language: 'en', now, history }).body);
  expect(csv.split(`;'${text};`)).toHaveLength(3);
  expect(csv.split(`'${text}`)).toHaveLength(4);
});

test.each(['50101', '0', '123456789012345', 'Rør 3/4', 'A-1', '3 marker', '2 stk', ''])(
  '%j needs no apostrophe',
  async (text) => {
    const { history } = fakeHistory([change(1, { objectId: text, title: text })]);
    expect(await read(exportCsv({ query, language: 'en', now, history }).body)).toContain(`;${text};${text};`);
  },
);

test.each(['\n', '\r', '\r\n'])('a text with %j stays in its cell: it begins no row of its own', async (end) => {
  const { history } = fakeHistory([change(1, { title: `Kabel${end}=1+1`, usercode: `A${end}=1+1` })]);
  const csv = await read(exportCsv({ query, language: 'en', now, history }).body);
  // As Excel does, which takes either for the end of a row, outside of quotes.
  const bare = csv.trimEnd().replaceAll(/"(?:[^"]|"")*"/g, 'quoted');
  expect(bare.split(/\r\n|\r|\n/)).toHaveLength(2);
});

test.each(['a,=1+1,b', 'x, \u200b=2', 'a\t@1', 'a|+1', 'a,"=1"', 'a,＝1', 'a,,-1'])(
  'no cell of %j is a formula, whichever separator it is read with',
  async (text) => {
    const { history } = fakeHistory([
      change(1, {
        ...{ modcode: text, hook: 'x', objectId: text, title: text, usercode: text },
        fields: [{ path: text, kind: 'changed', from: text, to: text }],
      }),
    ]);
    const csv = await read(exportCsv({ query, language: 'en', now, history }).body);
    for (const separator of [/[;\r\n]/, /[,\r\n]/, /[\t\r\n]/, /[|\r\n]/]) {
      const cells = csv.split(separator);
      expect(cells.filter((cell) => /^[\s\p{C}"]*[=+\-@＝]/u.test(cell))).toEqual([]);
    }
  },
);

test('the JSON has the object as it came: digits, and names that come twice; on one line', async () => {
  const told = (eventId: number, object: string) => ({
    ...change(eventId),
    ...{ object: { object }, previous: undefined, forwards: [] },
  });
  const { history } = fakeHistory([told(2, 'no JSON'), told(1, '{"sscc":357012345678901234,\n"a":1.10,"a":-0}')]);
  const lines = (await read(exportJson({ query, language: 'en', now, history }).body)).split('\n');
  expect(lines[1]).toMatch(/,"object":\{"object":"no JSON"\}\},$/);
  expect(lines[2]).toMatch(/,"object":\{"sscc":357012345678901234, "a":1\.10,"a":-0\}\}$/);
});
