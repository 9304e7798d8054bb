import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { linkOf, makeViews } from '../interfaces/open-pages.ts';
import { visit } from '../interfaces/visit-page.ts';
import { startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { customerChange as copyCustomer } from './examples/copy-customer.ts';
import { customerChange } from './examples/customer-change.ts';
import { customerTab } from './examples/customer-tab.ts';

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** The block of code that follows these words in a document. */
function readBlock(document: string, words: string): string {
  const text = read(`../../${document}`);
  const found = /```\w+\n([^]*?)```/.exec(text.slice(text.indexOf(words)));
  if (!text.includes(words) || found?.[1] === undefined) throw new Error(`${document} has no code after "${words}"`);
  return found[1];
}

// The files are compiled and linted as all others are; so what the documents show is, too.
test.each([
  ['README.md', '## Write a hook', 'copy-customer.ts'],
  ['docs/write-an-app.md', '## An event', 'customer-change.ts'],
  ['docs/write-an-app.md', '## A page', 'customer-tab.ts'],
  ['docs/write-an-app.md', '`views/app/customer-tab.eta`', 'customer-tab.eta'],
])('%s, %s: the code is that of examples/%s', (document, words, file) => {
  const here = read(`examples/${file}`).replaceAll(/'\.\.\/\.\.\/\.\.\/src\//g, "'../../");
  expect(readBlock(document, words)).toBe(here);
});

test('the hook of the README has 15 lines', () => {
  expect(readBlock('README.md', '## Write a hook').trimEnd().split('\n').length).toBeLessThanOrEqual(16);
});

/** What is sent to crm.example, which does not exist; all other requests go where they should. */
function answerAsCrm(status: number): { url: string; init: RequestInit | undefined }[] {
  const requests: { url: string; init: RequestInit | undefined }[] = [];
  const real = globalThis.fetch;
  const stub = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!url.startsWith('https://crm.example/')) return real(input, init);
    requests.push({ url, init });
    return Promise.resolve(new Response('', { status }));
  });
  onTestFinished(() => {
    stub.mockRestore();
  });
  return requests;
}

test.each([
  ['README.md', copyCustomer, 'Skovgaard Entreprise A/S'],
  ['docs/write-an-app.md', customerChange, '{"name":"Skovgaard Entreprise A/S"}'],
])('the event of %s: what is changed in Microbizz is sent to the CRM', async (_document, hook, body) => {
  const requests = answerAsCrm(204);
  const { sandbox } = await startStory({ app: { events: [hook], pages: [] } });
  const changed = await sandbox.changeCustomer(3101, { name: 'Skovgaard Entreprise A/S' });
  expect(changed).toMatchObject({ ok: true });
  await until(() => requests.length > 0, 'a request to the CRM');
  expect(requests[0]?.url).toMatch(/^https:\/\/crm\.example\/\d+\/customers\/3101$/);
  expect(requests[0]?.init).toMatchObject({ method: 'PUT', body });
  expect(new Headers(requests[0]?.init?.headers).get('idempotency-key')).toMatch(/^evt_/);
});

test('the event of the README is retried when the CRM does not take it', async () => {
  answerAsCrm(500);
  const { sandbox, server } = await startStory({ app: { events: [copyCustomer], pages: [] } });
  await sandbox.changeCustomer(3101, { name: 'Skovgaard' });
  const failed = await until(() => server.log.find((line) => line.includes('attempt failed')), 'a failed attempt');
  expect(failed).toContain('The CRM answered 500');
});

test('the page of docs/write-an-app.md shows what the command answers', async () => {
  const { sandbox, server } = await startStory({
    app: { events: [], pages: [customerTab] },
    views: makeViews({ 'customer-tab': read('examples/customer-tab.eta') }),
  });
  const url = sandbox.interfaceUrl('customer', 'tab', 11, { id: '3101', customernumber: 'K-1001' });
  const first = await visit(url);
  expect(first.status).toBe(200);
  expect(first.text).toContain('<h1>Underkunder</h1>');
  expect(first.text).toContain('K-1001-1 Bryggergården, lager Øst');
  expect(first.text).not.toContain('K-1001-2');
  const all = await visit(linkOf(first, server.url, 'I alle led'));
  expect(all.text).toContain('K-1001-1 Bryggergården, lager Øst');
  expect(all.text).toContain('K-1001-2 Bryggergården, kølehus');
});
