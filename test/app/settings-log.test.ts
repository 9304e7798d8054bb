import { expect, test } from 'vitest';
import { connectTo } from '../negotiate/connect-by-hand.ts';
import { post, type FoundForm } from '../interfaces/open-pages.ts';
import { visit } from '../interfaces/visit-page.ts';
import { startFakeEndpoint } from '../support/fake-endpoint.ts';
import { hookUrl, startServer } from '../support/start-server.ts';

/** The form of a page that goes to an action, with its hidden fields. */
function formTo(text: string, action: string, base: string): FoundForm {
  const found = new RegExp(
    `<form method="post" action="([^"]*/${action})"[^>]*>((?:<input type="hidden"[^>]*>)*)`,
  ).exec(text);
  const hidden = [...(found?.[2] ?? '').matchAll(/name="([^"]*)" value="([^"]*)"/g)];
  return {
    url: new URL(found?.[1] ?? `/no-form-to-${action}`, base).href,
    hidden: Object.fromEntries(hidden.map(([, name = '', value = '']) => [name, value])),
  };
}

test('what a user changes on the settings page is in the log, with tenant and user, and no secret', async () => {
  const server = await startServer({ work: false });
  const fake = await startFakeEndpoint();
  const url = hookUrl(await connectTo(server, fake), 'invoice/settings');
  const open = async () => (await visit(`${url}?sessiontoken=s`)).text;
  async function send(action: string, fields: Record<string, string>): Promise<number> {
    const form = formTo(await open(), action, server.url);
    return (await post(form.url, { ...form.hidden, ...fields })).status;
  }
  expect(await send('add', { url: 'https://8.8.8.8/in?key=sesame' })).toBe(200);
  expect(await send('add', { url: 'https://8.8.8.8/in?key=sesame' })).toBe(422);
  expect(await send('pause', { id: '1' })).toBe(303);
  expect(await send('resume', { id: '1' })).toBe(303);
  expect(await send('rotate', { id: '1' })).toBe(200);
  expect(await send('retention', { days: '30' })).toBe(303);
  const lines = server.log
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ userid }) => userid !== undefined);
  const who = { tenant: 1, userid: '12', hook: 'invoice/settings' };
  expect(lines).toMatchObject([
    { ...who, forward: 1, msg: 'forward added by a user' },
    { ...who, forward: 1, msg: 'forward paused by a user' },
    { ...who, forward: 1, msg: 'forward resumed by a user' },
    { ...who, forward: 1, msg: 'secret of a forward renewed by a user' },
    { ...who, days: 30, msg: 'retention changed by a user' },
  ]);
  expect(server.log.join('')).not.toMatch(/sesame|whsec_/);
});
