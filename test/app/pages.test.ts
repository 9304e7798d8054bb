import fc from 'fast-check';
import { expect, test } from 'vitest';
import { showField } from '../../src/app/hooks/changes/describe-row.ts';
import { listChanges } from '../../src/app/hooks/changes/list-changes.ts';
import { buildChangesQuery } from '../../src/app/hooks/changes/read-filter.ts';
import { showObject } from '../../src/app/hooks/changes/show-object.ts';
import { formatsOf } from '../../src/app/hooks/formats.ts';
import { texts } from '../../src/app/texts/texts.ts';
import type { TenantForwards } from '../../src/server/interfaces/define-page.ts';
import { change, fakeHistory, now } from './history.ts';
import { renderPage } from './render-page.ts';

const forwards = { hooks: ['invoice/event_invoice_line_change'] } as unknown as TenantForwards;
const query = buildChangesQuery('30').parse({});
const line50101 = { kind: 'invoice/event_invoice_line_change', id: '50101' };

test('a list goes on to older changes by the key of its last row, and back to the newest', async () => {
  const { history } = fakeHistory(Array.from({ length: 26 }, (_, at) => change(100 - at)));
  const first = renderPage('app/changes', await listChanges({ query, language: 'en', now, history, forwards }));
  expect(first.match(/<time/g)?.length).toBe(25);
  expect(first).toContain('before=76&amp;');
  expect(first).not.toContain('The newest');
  const next = await listChanges({ query: { ...query, before: 76 }, language: 'en', now, history, forwards });
  const second = renderPage('app/changes', next);
  expect(second.match(/<time/g)?.length).toBe(1);
  expect(second).toContain('The newest');
  expect(second).not.toContain('Older changes');
});

test('the list of a user asks for what names them', async () => {
  const { history, asked } = fakeHistory([change(1)]);
  const named = { userid: '12', usercode: 'JSØ' };
  await listChanges({ query, language: 'da', now, history, forwards }, named);
  expect(asked).toEqual([expect.objectContaining({ named }), expect.objectContaining({ named })]);
});

test('a first load stays below 60 kB with rows of long texts', async () => {
  const title = 'Montering af målerskab hos kunden '.repeat(5);
  const fields = ['a', 'b', 'c'].map((path) => ({ path, kind: 'changed' as const, from: title, to: title }));
  const { history } = fakeHistory(Array.from({ length: 31 }, (_, at) => change(100 - at, { title, fields, more: 9 })));
  const html = renderPage('app/changes', await listChanges({ query, language: 'da', now, history, forwards }), 'da');
  // Each link to an object carries a pass of some 350 characters more than here.
  expect(Buffer.byteLength(html) + 25 * 350).toBeLessThan(60_000);
});

test('of what was not compared for the page, what the list tells has to do', async () => {
  const { history } = fakeHistory(Array.from({ length: 21 }, (_, at) => change(100 - at, { more: 59_999 })));
  const data = await showObject({ query: { ...line50101, before: undefined }, language: 'en', history });
  expect(renderPage('app/object', data).match(/59,999 more fields changed/g)).toHaveLength(20);
});

test('of a receiver the page of an object tells the host: path and query can hold a secret', async () => {
  const forward = { forwardId: 1, state: 'handled' as const, attempt: 1 };
  const urls = ['https://erp.example/hook/T0P?key=S3CRET', undefined];
  const forwards = urls.map((url) => ({ ...forward, url }));
  const object = { object: '{"id":1}' };
  const { history } = fakeHistory([{ ...change(2), object, previous: object, forwards }]);
  const data = await showObject({ query: { ...line50101, before: undefined }, language: 'en', history });
  const html = renderPage('app/object', data);
  expect(html).toContain('</span> erp.example\n');
  expect(html).not.toMatch(/T0P|S3CRET/);
});

test('a field whose name is all dots takes no longer than another: its beginning is read', () => {
  const path = '.a'.repeat(50_000);
  const began = performance.now();
  for (let at = 0; at < 500; at += 1)
    expect(showField({ path, kind: 'added', to: 1 }, texts.en, formatsOf('en'), 300).name.length).toBeLessThan(82);
  // Read to their ends, they take ten seconds.
  expect(performance.now() - began).toBeLessThan(2000);
});

const name = fc.oneof(
  fc.constantFrom('id', 'text', 'count', 'isdeleted', '__proto__', 'constructor', 'toString', 'hasOwnProperty'),
  fc.string({ unit: 'binary', maxLength: 60 }),
);
const object = fc
  .array(fc.tuple(name, fc.json({ maxDepth: 3 })), { maxLength: 6 })
  .map((members) => `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(',')}}`);
const state = fc.oneof({ weight: 9, arbitrary: object }, { weight: 1, arbitrary: fc.json() });

test('whatever two states of an object Microbizz told of, a page can be made of them, and no tag comes from them', async () => {
  const property = fc.asyncProperty(state, state, async (before, after) => {
    const told = { object: { object: after }, previous: { object: before }, forwards: [] };
    const { history } = fakeHistory([{ ...change(2), ...told }]);
    const query = { kind: 'invoice/event_invoice_line_change', id: '50101', before: undefined };
    const html = renderPage('app/object', await showObject({ query, language: 'en', history }));
    expect(html).not.toContain('[object Object]');
    expect(html.match(/<[a-z][a-z0-9]*/g)?.every((tag) => known.has(tag))).toBe(true);
  });
  await fc.assert(property, { numRuns: 500 });
});

const known = new Set(
  'html head meta title style body a nav span main p h1 h2 h3 div dl dt dd article time table thead tr th tbody td del ul li br'
    .split(' ')
    .map((tag) => `<${tag}`),
);

test('what turns the direction around or cannot be seen is named on the page; what emoji are made of stays', async () => {
  const text = 'a\u202E1=1\u200B 👨‍👩‍👧';
  const told = { object: { object: JSON.stringify({ id: 1, text }) }, previous: undefined, forwards: [] };
  const { history } = fakeHistory([{ ...change(2, { title: text, usercode: text }), ...told }]);
  const object = await showObject({ query: { ...line50101, before: undefined }, language: 'en', history });
  const list = await listChanges({ query, language: 'en', now, history, forwards });
  for (const html of [renderPage('app/object', object), renderPage('app/changes', list)]) {
    expect(html).toContain('a[U+202E]1=1[U+200B] 👨‍👩‍👧');
    expect(html).not.toMatch(/[\u202E\u200B]/);
  }
});
