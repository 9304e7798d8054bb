import { expect, test } from 'vitest';
import { readPages } from '../../src/microbizz/api/read-pages.ts';
import { answerEach, commandsOf, startApi } from './start-api.ts';

/** Parts of two customers, by the key that asks for them. */
function part(ids: number[], resumekey?: unknown): object {
  return { status: 1, customers: ids.map((id) => ({ id })), ...(resumekey !== undefined && { resumekey }) };
}

test.each([
  ['no key', undefined],
  ['an empty key', ''],
  ['null', null],
])('each goes through all parts with the same filters, and ends with %s', async (_what, end) => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, ({ resumekey }) =>
    resumekey === undefined ? part([1, 2], 'a') : resumekey === 'a' ? part([3], 'b') : part([4], end),
  );
  const ids: unknown[] = [];
  const filters = { changedate: '5-8-2011', skip_deleted: true };
  for await (const { id } of api.each('GetCustomersByLastChange', filters)) ids.push(id);
  expect(ids).toEqual([1, 2, 3, 4]);
  const sent = { command: 'GetCustomersByLastChange', changedate: '2011-08-05', skip_deleted: 1 };
  expect(endpoint.envelopes.map((envelope) => commandsOf(envelope)[0])).toEqual([
    sent,
    { ...sent, resumekey: 'a' },
    { ...sent, resumekey: 'b' },
  ]);
});

test('a key that comes again ends it, in a cycle of several too', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, ({ resumekey }) => part([1], resumekey === 'a' ? 'b' : 'a'));
  let parts = 0;
  for await (const page of api.pages('GetCustomersByLastChange')) parts += page.items.length;
  expect(parts).toBe(3);
});

test('pages give the server’s own date and time, for commands outside the table too', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, () => ({ status: 1, products: [{ id: '7' }] }));
  const found: unknown[] = [];
  for await (const page of api.pages('GetProductsByLastChange', {}, { items: 'products' })) found.push(page);
  expect(found).toEqual([{ items: [{ id: '7' }], date: '2026-11-22', time: '04:00:00' }]);
  await expect(
    api.pages('GetProductsByLastChange' as string, {}, {} as { items: string }).next(),
  ).rejects.toMatchObject({
    kind: 'input',
  });
});

test('a list that PHP writes as an object is read, by commands outside the table too; what is no list is no end of it', async () => {
  const { api, endpoint } = await startApi();
  const rows: unknown[] = [];
  answerEach(endpoint, () => ({ status: 1, customers: { 0: { id: '1' }, 2: { id: '3' } } }));
  for await (const { id } of api.each('GetCustomersByLastChange')) rows.push(id);
  for await (const row of api.each('GetNews', {}, { items: 'customers' })) rows.push(row['id']);
  expect(rows).toEqual([1, 3, '1', '3']);
  answerEach(endpoint, () => ({ status: 1, customers: { id: 1 } }));
  await expect(api.pages('GetCustomersByLastChange').next()).rejects.toMatchObject({
    kind: 'envelope',
    message: "Microbizz' answer has no list in customers",
  });
});

test('the parts of a list do not share a uniqueid, and a key that was given to begin with ends it when it comes again', async () => {
  const { api, endpoint } = await startApi();
  answerEach(endpoint, () => part([1], 'a'));
  const pages = api.pages('GetCustomersByLastChange', { resumekey: 'a' }, { uniqueid: 'u' });
  expect((await pages.next()).value).toMatchObject({ items: [{ id: 1 }], repeated: true });
  expect((await pages.next()).done).toBe(true);
  expect(commandsOf(endpoint.envelopes[0])).toEqual([{ command: 'GetCustomersByLastChange', resumekey: 'a' }]);
});

test('a list whose key is new each time ends where nothing comes any more, and says that it may not be complete', async () => {
  const { api, endpoint } = await startApi();
  let key = 0;
  answerEach(endpoint, () => part(key < 5 ? [key] : [], String((key += 1))));
  let pages = 0;
  const all = async (): Promise<void> => {
    for await (const page of api.pages('GetCustomersByLastChange')) pages += page.items.length >= 0 ? 1 : 0;
  };
  await expect(all()).rejects.toMatchObject({ kind: 'envelope', message: expect.stringContaining('100') as unknown });
  expect(pages).toBe(105);
});

test('a list that brings items for ever ends after an hour of asking, not of handling', async () => {
  let clock = 0;
  let parts = 0;
  const ask = () => {
    clock += 60_000;
    parts += 1;
    return Promise.resolve({ result: { rows: [{ id: 1 }], resumekey: String(parts) }, date: '', time: '' });
  };
  const all = async (): Promise<void> => {
    for await (const page of readPages(ask, {}, 'rows', () => clock)) clock += page.items.length * 3_600_000;
  };
  await expect(all()).rejects.toThrow('within an hour');
  expect(parts).toBe(60);
});
