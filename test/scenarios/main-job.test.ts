import { expect, test } from 'vitest';
import { hookUrl, startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';

test('connect, an event, and the page that shows it', async () => {
  const { sandbox, server, request } = await startStory();

  const back = await fetch(request.returnurl, { headers: { 'accept-language': 'en' } });
  expect(back.status).toBe(200);
  expect(await back.text()).toContain('<h1>Connected</h1>');

  const sent = await sandbox.changeInvoiceLine(50101, { count: 12 });
  expect(sent).toMatchObject({ status: 200, ok: true, body: '{"status":true,"error":""}' });

  const page = await until(async () => {
    const answer = await fetch(sandbox.interfaceUrl('user', 'menu', 12), { headers: { 'accept-language': 'da' } });
    const text = await answer.text();
    return text.includes('50101') && { answer, text };
  }, 'the invoice line on the page');
  expect(page.answer.status).toBe(200);
  expect(page.text).toContain('Fakturalinje 50101');
  expect(page.answer.headers.get('content-security-policy')).toContain(`frame-ancestors ${sandbox.url}`);

  const events = await server.services.store.inbox.listUnsorted(10);
  expect(events).toEqual([]);
  expect(hookUrl(request, 'user/tab')).not.toContain(hookUrl(request, 'user/menu').split('/')[4]);
});
