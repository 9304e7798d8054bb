import { expect, test } from 'vitest';
import { hookUrl, openConnection, startServer, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { startFakeEndpoint } from '../support/fake-endpoint.ts';
import { connectTo } from './connect-by-hand.ts';
import { postNegotiate, proofOf, type Form } from './post-negotiate.ts';

const endpoint = 'http://127.0.0.1:9/api/endpoint.php';
const good = { endpoint, contract: '2391', accesstoken: 'a-token', challenge: 'a-challenge' };
const hash = /[0-9a-f]{40}/i;

async function expectRefused(url: string, fields: Record<string, string>, status: number): Promise<string> {
  const answer = await postNegotiate(url, fields);
  expect(answer.status).toBe(status);
  expect(answer.type).toMatch(/^text\/plain/);
  expect(answer.text).not.toMatch(hash);
  expect(answer.text).toMatch(/^[A-Z].{10,}\.$/);
  return answer.text;
}

test.each<Form>(['urlencoded', 'multipart', 'json'])(
  'answers a %s POST with the hash and nothing else',
  async (form) => {
    const server = await startServer();
    const { negotiateurl } = await openConnection(server);
    const answer = await postNegotiate(negotiateurl, { ...good, challenge: 'æ & + %41', more: 'unknown' }, form);
    expect(answer).toMatchObject({ status: 200, text: proofOf('æ & + %41') });
    expect(answer.text).toMatch(/^[0-9a-f]{40}$/);
    expect(answer.type).toMatch(/^text\/plain(;|$)/);
  },
);

test.each([
  ['a foreign host', { endpoint: 'https://microbizz.attacker.example/api/endpoint.php' }, 'not one of MICROBIZZ_HOSTS'],
  ['a host that only ends alike', { endpoint: 'https://evilmicrobizz.dk/' }, 'not one of MICROBIZZ_HOSTS'],
  ['a host with the right one before it', { endpoint: 'https://system.microbizz.dk.evil.example/' }, 'MICROBIZZ_HOSTS'],
  ['the right host as user-info', { endpoint: 'https://system.microbizz.dk@evil.example/' }, 'user name'],
  ['user-info before the right host', { endpoint: 'https://me:pw@system.microbizz.dk/' }, 'user name'],
  ['plain http', { endpoint: 'http://system.microbizz.dk/api/endpoint.php' }, 'not https'],
  ['a loopback name that is not named', { endpoint: 'http://localhost:9/' }, 'this machine'],
  ['the other loopback address', { endpoint: 'http://[::1]:9/' }, 'this machine'],
  ['a loopback address as a number', { endpoint: 'http://2130706434/' }, 'this machine'],
  ['a file', { endpoint: 'file:///etc/passwd' }, 'complete URL'],
  ['another scheme at a named host', { endpoint: 'ftp://127.0.0.1/' }, 'neither http nor https'],
  ['no URL', { endpoint: 'system.microbizz.dk' }, 'complete URL'],
  ['an endpoint of 2,049', { endpoint: `${endpoint}?${'x'.repeat(2048 - endpoint.length)}` }, '"endpoint" is longer'],
  ['a contract of 65', { contract: '1'.repeat(65) }, '"contract" is longer'],
  ['a contract with a line in it', { contract: '2391\r\nx' }, '"contract" has control'],
  ['a token of 4,097', { accesstoken: 't'.repeat(4097) }, '"accesstoken" is longer'],
  ['a challenge of 1,025', { challenge: 'c'.repeat(1025) }, '"challenge" is longer'],
  ['an empty endpoint', { endpoint: '' }, '"endpoint" is empty'],
  ['an empty contract', { contract: '' }, '"contract" is empty'],
  ['an empty token', { accesstoken: '' }, '"accesstoken" is empty'],
  ['an empty challenge', { challenge: '' }, '"challenge" is empty'],
])('refuses %s', async (_what, wrong, sentence) => {
  const server = await startServer();
  const { negotiateurl, returnurl } = await openConnection(server);
  expect(await expectRefused(negotiateurl, { ...good, ...wrong }, 400)).toContain(sentence);
  expect(await server.services.connections.listTenants()).toEqual([]);

  const back = await (await fetch(returnurl)).text();
  expect(back).toContain('<h1>Not connected</h1>');
  expect(back).toContain(sentence.replaceAll('"', '&quot;'));
  // A refusal uses nothing up.
  expect(await postNegotiate(negotiateurl, good)).toMatchObject({ status: 200, text: proofOf('a-challenge') });
});

test.each(['endpoint', 'contract', 'accesstoken', 'challenge'] as const)('refuses a POST without %s', async (name) => {
  const server = await startServer();
  const { negotiateurl } = await openConnection(server);
  const rest = Object.fromEntries(Object.entries(good).filter(([each]) => each !== name));
  expect(await expectRefused(negotiateurl, rest, 400)).toContain(`"${name}" is missing`);
});

test.each([
  ['over 16 KiB', 'application/x-www-form-urlencoded', `challenge=${'c'.repeat(20_000)}`, 413],
  ['of another type', 'text/xml', '<negotiate/>', 415],
  ['that is no type at all', 'negotiate', 'challenge=c', 415],
  ['that is broken', 'multipart/form-data; boundary=x', '--y--', 400],
])('refuses a body %s, and tells the person who comes back', async (_what, type, body, status) => {
  const server = await startServer();
  const { negotiateurl, returnurl } = await openConnection(server);
  const answer = await fetch(negotiateurl, { method: 'POST', headers: { 'content-type': type }, body });
  expect(answer.status).toBe(status);
  const sentence = await answer.text();
  expect(sentence).not.toMatch(hash);
  const back = await (await fetch(returnurl)).text();
  expect(back).toContain('<h1>Not connected</h1>');
  expect(back).toContain(sentence.replaceAll('"', '&quot;'));
});

test('refuses forged keys, and keys of every other purpose', async () => {
  const server = await startServer();
  const request = await openConnection(server);
  const key = request.negotiateurl.split('/').at(-1) ?? '';
  const last = key.at(-1) === 'A' ? 'B' : 'A';
  const forged = [`${key.slice(0, -1)}${last}`, `${'A'.repeat(22)}${key.slice(22)}`, key.slice(0, -1), `${key}A`, 'x'];
  const others = [request.returnurl.split('/').at(-1), ...request.hooks.map(({ url }) => url.split('/')[4])];
  for (const wrong of [...forged, ...others]) {
    expect(await expectRefused(`${server.url}/negotiate/${wrong ?? ''}`, good, 404)).toContain(
      'No connection was begun',
    );
  }
  expect((await postNegotiate(request.negotiateurl, good)).status).toBe(200);
});

test('a key with a good signature for an installation that is not there is refused', async () => {
  const server = await startServer();
  const { keyring } = server.services;
  const key = keyring.mint(keyring.newInstallationId(), 'negotiate');
  await expectRefused(`${server.url}/negotiate/${key}`, good, 404);
});

test('one key gives one hash, whatever the challenge: an oracle once', async () => {
  const server = await startServer();
  const { negotiateurl } = await openConnection(server);
  expect((await postNegotiate(negotiateurl, good)).status).toBe(200);
  expect(await expectRefused(negotiateurl, good, 409)).toContain('used already');
  expect(await expectRefused(negotiateurl, { ...good, challenge: 'another' }, 409)).toContain('used already');
});

test('of twenty that race with one key, one gets the hash', async () => {
  const server = await startServer();
  const { negotiateurl } = await openConnection(server);
  const racing = Array.from({ length: 20 }, (_, at) => postNegotiate(negotiateurl, { ...good, challenge: `c${at}` }));
  const answers = await Promise.all(racing);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ text }) => hash.test(text))).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
});

test('an installation expires after 60 minutes', async () => {
  let now = 1_700_000_000_000;
  const server = await startServer({ world: { now: () => now } });
  const [early, late] = [await openConnection(server), await openConnection(server)];
  now += 60 * 60_000 - 1;
  expect((await postNegotiate(early.negotiateurl, good)).status).toBe(200);
  now += 1;
  expect(await expectRefused(late.negotiateurl, good, 410)).toContain('expired');
  expect(await (await fetch(late.returnurl)).text()).toContain('within 60 minutes');
});

test('refusals are limited to 60 a minute, and a good negotiate still passes', async () => {
  const server = await startServer();
  const { negotiateurl } = await openConnection(server);
  const tried = async (url: string, fields = good) => (await postNegotiate(url, fields)).status;
  for (let at = 0; at < 30; at += 1) expect(await tried(`${server.url}/negotiate/forged`)).toBe(404);
  for (let at = 0; at < 30; at += 1) expect(await tried(negotiateurl, { ...good, endpoint: 'x' })).toBe(400);
  expect(await expectRefused(`${server.url}/negotiate/forged`, good, 429)).toContain('Try again in');
  expect(await expectRefused(negotiateurl, { ...good, endpoint: 'x' }, 429)).toContain('Try again in');
  expect(await tried(negotiateurl)).toBe(200);
});

test('a refused reconnect leaves the tenant as it was', async () => {
  const server = await startServer();
  const fake = await startFakeEndpoint();
  await connectTo(server, fake);
  const before = await describeTenants(server);
  const { negotiateurl } = await openConnection(server);
  await expectRefused(negotiateurl, { ...good, endpoint: 'https://evil.example/' }, 400);
  expect(await describeTenants(server)).toEqual(before);
  expect(before).toEqual([{ contract: '2391', endpoint: fake.url, accesstoken: 'a-working-token' }]);
});

test('a tenant is unique by host of endpoint and contract', async () => {
  const server = await startServer();
  const [one, other] = [await startFakeEndpoint(), await startFakeEndpoint()];
  await connectTo(server, one);
  await connectTo(server, one, { accesstoken: 'newer', link: server.services.links.reconnect(1) });
  await connectTo(server, one, { contract: '77' });
  await connectTo(server, other);
  expect(await describeTenants(server)).toEqual([
    { contract: '2391', endpoint: one.url, accesstoken: 'newer' },
    { contract: '77', endpoint: one.url, accesstoken: 'a-working-token' },
    { contract: '2391', endpoint: other.url, accesstoken: 'a-working-token' },
  ]);
});

test('the verifying call carries what was negotiated, right after the answer', async () => {
  const server = await startServer();
  const fake = await startFakeEndpoint();
  const request = await openConnection(server, fake.origin);
  await postNegotiate(request.negotiateurl, { ...good, endpoint: fake.url });
  const envelope = await until(() => fake.envelopes[0], 'the verifying call');
  expect(envelope).toMatchObject({
    contract: '2391',
    accesstoken: 'a-token',
    remoteagent: expect.stringMatching(/^appconnect-server\/\d/) as unknown,
  });
  expect(envelope.commands).toMatchObject([{ command: 'Echo', text: expect.stringMatching(/^\d{16}$/) as unknown }]);
  expect(hookUrl(request, 'user/menu')).toContain(server.url);
  await until(async () => (await server.services.connections.listTenants()).length === 1, 'the tenant');
});

async function describeTenants(server: TestServer): Promise<object[]> {
  const tenants = await server.services.connections.listTenants();
  return tenants.map(({ contract, credentials }) => {
    return { contract, endpoint: credentials.endpoint, accesstoken: credentials.accesstoken.reveal() };
  });
}
