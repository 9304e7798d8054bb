import { expect, test } from 'vitest';
import { openApi, type Result } from './call-api.ts';
import { visit } from './fake-app.ts';

type Answer = Record<string, unknown> & { status: number; results?: Result[] };

async function post(url: string, init: RequestInit): Promise<{ http: number; answer: Answer }> {
  const response = await fetch(url, { method: 'POST', ...init });
  return { http: response.status, answer: (await response.json()) as Answer };
}

async function open() {
  const api = await openApi();
  const accesstoken = api.sandbox.connections.at(-1)?.accesstoken;
  const json = (text: string) => JSON.stringify({ contract: 2391, accesstoken, commands: [{ command: 'Echo', text }] });
  return { ...api, json, url: api.sandbox.endpoint };
}

test.each([4, 12])('a file of %i MB comes through', async (megabytes) => {
  const { run } = await open();
  const filedata =
    Buffer.alloc(megabytes * 1_000_000, 'æ')
      .toString('base64')
      .slice(0, -4) + 'AA==';
  const input = { customerid: 3101, filename: 'plan.pdf', filedata };
  const { app } = await open();
  app.received.length = 0;
  expect(await run('AddFileToCustomer', input)).toMatchObject({ status: 1 });
  expect(await run('AddFileToCustomer', { ...input, filedata: `${filedata}A` })).toMatchObject({ status: 0 });
  expect(await run('AddFileToCustomer', { ...input, filedata: `=${filedata.slice(1)}` })).toMatchObject({ status: 0 });
});

test('a body that is larger than is taken is a body without fields, and is read to its end', async () => {
  const { url } = await open();
  const body = `json=${'a'.repeat(17 * 1024 * 1024)}`;
  const { http, answer } = await post(url, {
    body,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(http).toBe(200);
  expect(answer).toMatchObject({ status: 0, msg: 'No valid JSON in parameter json' });
});

test('a file beside json is passed over, whatever it is called', async () => {
  const { url, json } = await open();
  const form = new FormData();
  form.set('json', json('hej'));
  form.append('json', new Blob(['{}'], { type: 'application/json' }), 'json.json');
  form.append('other', new Blob([new Uint8Array(100_000)]), 'a.bin');
  expect((await post(url, { body: form })).answer).toMatchObject({ status: 1, results: [{ answer: 'hej' }] });
});

test('a broken multipart body is no form, in the form of the protocol', async () => {
  const { url } = await open();
  const broken = await post(url, { body: 'nonsense', headers: { 'content-type': 'multipart/form-data; boundary=x' } });
  expect(broken.answer).toMatchObject({ status: 0, msg: expect.any(String) as string });
});

test('Latin-1 in json is refused in both forms, as json_decode does', async () => {
  const { url, json } = await open();
  const latin = Buffer.from(json('Kørsel'), 'latin1');
  const around = (body: Buffer) =>
    Buffer.concat([
      Buffer.from('--x\r\nContent-Disposition: form-data; name="json"\r\n\r\n'),
      ...[body, Buffer.from('\r\n--x--\r\n')],
    ]);
  const [multipart, urlencoded] = ['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'];
  const raw = Buffer.concat([Buffer.from('json='), latin]);
  const percent = `json=${encodeURIComponent(json('K_rsel')).replace('K_rsel', 'K%F8rsel')}`;
  for (const [type, body] of [
    [multipart, around(latin)] as const,
    [urlencoded, raw] as const,
    [urlencoded, percent] as const,
  ])
    expect((await post(url, { body, headers: { 'content-type': type } })).answer).toMatchObject({ status: 0 });
  const good = Buffer.from(json('Kørsel €'));
  for (const [type, body] of [
    [multipart, around(good)] as const,
    [urlencoded, Buffer.concat([Buffer.from('json='), good])] as const,
  ])
    expect((await post(url, { body, headers: { 'content-type': type } })).answer).toMatchObject({
      results: [{ answer: 'Kørsel €' }],
    });
});

test('a stray percent sign in a query stays', async () => {
  const { sandbox, url, json, app } = await open();
  const text = encodeURIComponent(json('50_ ok')).replace('50_', '50%');
  expect((await post(`${url}?json=${text}`, {})).answer).toMatchObject({ results: [{ answer: '50% ok' }] });
  const hooks = [{ modcode: 'user', hook: 'menu', title: '50_ rabat', url: `${app.origin}/menu` }];
  const request = encodeURIComponent(JSON.stringify(app.request({ hooks }))).replace('50_', '50%');
  const page = await visit(`${sandbox.url}/appconnect/?request=${request}`);
  expect(page.text).toContain('50% rabat');
});

test.each(['//appconnect/', '/appconnect', '//appconnect'])('%s is the consent page', async (path) => {
  const { sandbox, app } = await open();
  const body = new URLSearchParams({ request: JSON.stringify(app.request()) });
  const headers = { 'sec-fetch-site': 'cross-site' };
  const response = await fetch(`${sandbox.url}${path}`, { method: 'POST', body, headers });
  expect(response.status).toBe(200);
  expect(await response.text()).toContain('/appconnect/accept');
  expect((await fetch(`${sandbox.url}/${path}/accept`, { method: 'POST', body, headers })).status).toBe(403);
});
