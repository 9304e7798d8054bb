import { expect, test } from 'vitest';
import { hookUrl, startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { expectFrame, visit } from './visit-page.ts';

/** Four objects: one by userid, one by usercode, one of somebody else, one that names nobody. */
async function start(): Promise<(variables: Record<string, string>, language?: string) => Promise<string>> {
  const { sandbox, request } = await startStory();
  const send = (object: object) => sandbox.sendEvent('invoice', 'event_invoice_line_change', { object });
  await send({ id: 1, text: 'by userid', userid: '12', usercode: '' });
  await send({ id: 2, text: 'by usercode', userid: 0, usercode: 'JSØ' });
  await send({ id: 3, text: 'of another', userid: 13, usercode: 'MÅ' });
  await send({ id: 4, text: 'of nobody', userid: '', usercode: '' });
  const sessiontoken = sandbox.openSession(11);
  const menu = `${hookUrl(request, 'user/menu')}?sessiontoken=${sessiontoken}`;
  await until(async () => (await visit(menu)).text.includes('of nobody'), 'the last event');
  return async (variables, language) => {
    const query = new URLSearchParams({ ...variables, sessiontoken }).toString();
    const page = await visit(`${hookUrl(request, 'user/tab')}?${query}`, language);
    expect(page.status).toBe(200);
    expectFrame(page, sandbox.url);
    return page.text;
  };
}
const names = ['by userid', 'by usercode', 'of another', 'of nobody'];
const shown = (page: string) => names.filter((name) => page.includes(name));

test('shows the objects that name the user, by userid or by usercode', async () => {
  const tab = await start();
  expect(shown(await tab({ id: '12', usercode: 'JSØ' }))).toEqual(['by userid', 'by usercode']);
  expect(shown(await tab({ id: '12', usercode: '' }))).toEqual(['by userid']);
  expect(shown(await tab({ id: '', usercode: 'JSØ' }))).toEqual(['by usercode']);
  expect(shown(await tab({ id: '13', usercode: 'MÅ' }))).toEqual(['of another']);
});

test.each([
  ['nothing', {}],
  ['empty variables', { id: '', usercode: '' }],
  ['a user that nothing names', { id: '99', usercode: 'XX' }],
  ['the two swapped', { id: 'JSØ', usercode: '12' }],
  ['SQL', { id: "12' OR '1'='1", usercode: '%' }],
])('a plain sentence for %s', async (_what, variables: Record<string, string>) => {
  const tab = await start();
  const danish = await tab(variables, 'da');
  expect(shown(danish)).toEqual([]);
  expect(danish).toContain('Ingen ændringer på linjer, hvor brugeren står, endnu.');
  expect(await tab(variables, 'en')).toContain('No changes are linked to this user yet.');
});

test('text from events is data: escaped on the page', async () => {
  const { sandbox, request } = await startStory();
  const hostile = '<script>alert(1)</script><img src=x onerror=alert(2)>" onload="x';
  await sandbox.changeInvoiceLine(50101, { text: 'before' });
  await sandbox.changeInvoiceLine(50101, { text: hostile, [hostile]: hostile });
  await sandbox.sendEvent('todo', 'event_product_use_change', { object: { id: hostile, title: hostile, userid: 12 } });
  for (const [page, variables] of [
    ['user/menu', ''],
    ['user/tab', '&id=12&usercode=%3Cscript%3E'],
  ] as const) {
    const url = `${hookUrl(request, page)}?sessiontoken=${sandbox.openSession(11)}${variables}`;
    const { text } = await until(async () => {
      const seen = await visit(url);
      return (seen.text.match(/&lt;script&gt;alert/g) ?? []).length >= 3 && seen;
    }, 'the hostile text');
    expect(text).not.toMatch(/<script>alert|<img|" onload="/);
    expect(text).not.toMatch(/<script(?! nonce=)/);
  }
});

test('an object that nests a thousand times a thousand deep does not break the page', async () => {
  const { sandbox, request } = await startStory();
  const deep = (depth: number) => `{"id":5,"text":"deep","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  await sandbox.sendEvent('invoice', 'event_invoice_line_change', { object: deep(100_000) });
  await sandbox.sendEvent('invoice', 'event_invoice_line_change', { object: deep(200_000) });
  await sandbox.changeInvoiceLine(50102, { text: 'after it' });
  const page = await until(async () => {
    const seen = await visit(`${hookUrl(request, 'user/menu')}?sessiontoken=${sandbox.openSession(11)}`);
    return (seen.status !== 200 || seen.text.includes('after it')) && seen;
  }, 'the page');
  expect(page.status).toBe(200);
});
