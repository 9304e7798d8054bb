import { expect, test } from 'vitest';
import { buildRun, json } from '../cli/run-appconnect.ts';
import { countWrites } from '../support/count-writes.ts';
import { startFakeEndpoint } from '../support/fake-endpoint.ts';
import { openLink, startServer, type ServerOptions, type TestServer } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { connectTo } from './connect-by-hand.ts';
import { postNegotiate } from './post-negotiate.ts';

const settings = { CONNECT: 'invited' };
const week = 7 * 86_400_000;

async function start(options: ServerOptions = {}) {
  const server = await startServer({ settings, ...options });
  const fake = await startFakeEndpoint();
  const good = { endpoint: fake.url, contract: '2391', accesstoken: 'a-token', challenge: 'c' };
  return { server, fake, good };
}

async function invite(
  server: TestServer,
  only: { contract?: string; host?: string } = {},
): Promise<{ id: string; link: string }> {
  const { keyring, links, store, now } = server.services;
  const id = keyring.newInstallationId();
  await store.invitations.add({
    id,
    createdAt: now(),
    expiresAt: now() + week,
    contract: only.contract,
    host: only.host,
  });
  return { id, link: links.invite(id) };
}

async function statusOf(url: string, init?: RequestInit): Promise<number> {
  return (await fetch(url, init)).status;
}

test('a stranger gets no negotiateurl, and is told what is needed', async () => {
  const { server } = await start();
  const forged = `A${(await invite(server)).link.split('=')[1]?.slice(1) ?? ''}`;
  for (const query of [
    '',
    '?solution=https://system.microbizz.dk',
    '?invitation=',
    `?invitation=${forged}`,
    '?reconnect=x',
    '?invitation=a&invitation=b',
  ]) {
    const answer = await fetch(`${server.url}/connect${query}`, { headers: { 'accept-language': 'da' } });
    expect([403, 404]).toContain(answer.status);
    const page = await answer.text();
    expect(page).not.toContain('negotiate');
    expect(page).toContain('den, der driver appen');
  }
});

test('looking at a link uses nothing up and writes nothing; one installation comes of it', async () => {
  const { server, good } = await start();
  const { id, link } = await invite(server);
  // The first round of the housekeeping writes.
  await until(async () => (await server.services.store.operator.lastSeen()) !== undefined);
  const writes = await countWrites(server.services.store.changes);
  const [first, second] = [await openLink(link), await openLink(link)];
  expect(await statusOf(link, { method: 'HEAD' })).toBe(200);
  expect(await statusOf(first.returnurl)).toBe(200);
  // What is refused leaves it as it was, too.
  expect((await postNegotiate(first.negotiateurl, { ...good, endpoint: 'https://evil.example/' })).status).toBe(400);
  expect(await writes()).toBe(0);

  const answers = await Promise.all([first, second].map(({ negotiateurl }) => postNegotiate(negotiateurl, good)));
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await statusOf(link)).toBe(409);
  expect((await server.services.store.invitations.find(id))?.usedBy).toMatch(/^[\w-]{22}$/);
});

test('a link ends after 7 days, and what was begun with it before cannot be finished', async () => {
  let now = 1_700_000_000_000;
  const { server, fake, good } = await start({ world: { now: () => now } });
  const { link } = await invite(server);
  await connectTo(server, fake, { link: (await invite(server)).link });
  const own = server.services.links.reconnect(1);
  now += week - 1000;
  const [begun, ownBegun] = [await openLink(link), await openLink(own)];
  now += 1000;
  for (const each of [link, own]) expect(await statusOf(each)).toBe(410);
  expect((await postNegotiate(begun.negotiateurl, good)).status).toBe(409);
  expect((await postNegotiate(ownBegun.negotiateurl, good)).status).toBe(409);
});

test('a tenant’s own link is good once, for all that were made of it', async () => {
  const { server, fake, good } = await start();
  await connectTo(server, fake, { link: (await invite(server)).link });
  const link = server.services.links.reconnect(1);
  const [first, second] = [await openLink(link), await openLink(link)];
  expect((await postNegotiate(first.negotiateurl, good)).status).toBe(200);
  expect((await postNegotiate(second.negotiateurl, good)).status).toBe(409);
  expect(await statusOf(link)).toBe(409);
});

test('a link for one contract or one host refuses others, and is still good then', async () => {
  const { server, fake, good } = await start();
  const other = await startFakeEndpoint();
  const host = new URL(fake.url).host;
  const { negotiateurl } = await openLink((await invite(server, { contract: '2391', host })).link);
  for (const wrong of [{ contract: '77' }, { endpoint: other.url }]) {
    const answer = await postNegotiate(negotiateurl, { ...good, ...wrong });
    expect(answer).toMatchObject({
      status: 400,
      text: expect.stringContaining(`contract 2391 of a Microbizz at ${host}`) as unknown,
    });
  }
  expect((await postNegotiate(negotiateurl, good)).status).toBe(200);
});

test('ALLOWED_CONTRACTS refuses the others with a sentence', async () => {
  const { server, fake, good } = await start({
    settings: { CONNECT: 'open', ALLOWED_CONTRACTS: '77, 127.0.0.1/2391' },
  });
  const { negotiateurl } = await openLink(`${server.url}/connect?solution=${fake.origin}`);
  expect(await postNegotiate(negotiateurl, good)).toMatchObject({
    status: 400,
    text: 'This app is not for this contract: ALLOWED_CONTRACTS does not name it.',
  });
  expect((await postNegotiate(negotiateurl, { ...good, contract: '77' })).status).toBe(200);
});

test('on the command line: invite, list, take-back; tenants, addresses, approve, revoke', async () => {
  const { server, fake, good } = await start();
  const run = buildRun(server, { ...settings, PUBLIC_URL: server.url });
  const made = json(await run('invite', '--json')) as { id: string; link: string };
  const taken = json(
    await run('invite', '--json', '--contract', '2391', '--host', new URL(fake.url).host),
  ) as typeof made;
  expect(await run('invite', 'take-back', taken.id)).toMatchObject({ code: 0 });
  expect(await statusOf(taken.link)).toBe(410);
  await connectTo(server, fake, { link: made.link });
  expect(json(await run('invite', 'list', '--json'))).toMatchObject([
    { state: 'used' },
    { state: 'taken back', contract: '2391' },
  ]);
  expect(await run('invite', 'take-back', made.id)).toMatchObject({
    code: 1,
    err: expect.stringContaining('no unused link') as unknown,
  });

  // Named by the operator, but with another path.
  const again = json(await run('invite', '--json', '--tenant', '2391')) as typeof made;
  const request = await openLink(again.link);
  await postNegotiate(request.negotiateurl, { ...good, endpoint: `${fake.origin}/new/endpoint.php` });
  await fetch(request.returnurl);
  const [tenant] = json(await run('tenants', '--json')) as { waiting: { installation: string }[] }[];
  const waiting = tenant?.waiting[0]?.installation ?? '';
  expect((await run('tenants')).out).toContain(`These wait for "tenants approve"`);
  expect(await run('tenants', 'approve', waiting)).toMatchObject({ code: 0 });
  const addresses = json(await run('tenants', 'addresses', '2391', '--json')) as {
    installation: string;
    accesstoken: string;
  }[];
  expect(addresses.map(({ accesstoken }) => accesstoken)).toEqual(['replaced', 'in use']);

  const page = request.hooks.find(({ hook }) => hook === 'menu')?.url ?? '';
  const events = request.hooks.find(({ hook }) => hook.startsWith('event_'))?.url ?? '';
  const post = (): Promise<number> =>
    statusOf(events, { method: 'POST', body: new URLSearchParams({ object: '{"id":1}' }) });
  expect([await post(), await statusOf(`${page}?sessiontoken=s`)]).toEqual([200, 200]);
  expect(await run('tenants', 'revoke', waiting)).toMatchObject({ code: 0 });
  expect([await post(), await statusOf(`${page}?sessiontoken=s`)]).toEqual([404, 403]);
  expect(await run('tenants', 'revoke', waiting)).toMatchObject({ code: 1 });
});

test('an operator’s link for a tenant connects it anew by itself', async () => {
  const { server, fake } = await start();
  const run = buildRun(server, { ...settings, PUBLIC_URL: server.url });
  await connectTo(server, fake, { link: (await invite(server)).link });
  const { link } = json(await run('invite', '--json', '--tenant', '1')) as { link: string };
  await connectTo(server, fake, { link, accesstoken: 'newer' });
  const [tenant] = await server.services.connections.listTenants();
  expect(tenant?.credentials.accesstoken.reveal()).toBe('newer');
});

test('events of a tenant whose accesstoken has been refused for 30 days are refused, until it is connected again', async () => {
  let now = 1_700_000_000_000;
  const { server, fake } = await start({ world: { now: () => now } });
  const request = await connectTo(server, fake, { link: (await invite(server)).link });
  const events = request.hooks.find(({ hook }) => hook.startsWith('event_'))?.url ?? '';
  const post = (): Promise<Response> =>
    fetch(events, { method: 'POST', body: new URLSearchParams({ object: `{"id":1,"at":${now}}` }) });
  await server.services.connections.noteToken(1, now);
  now += 30 * 86_400_000 - 1;
  expect((await post()).status).toBe(200);
  now += 2000;
  const refused = await post();
  expect([refused.status, await refused.text()]).toEqual([
    403,
    expect.stringMatching(/"status":false.*since 2023-11-14, for more than 30 days/),
  ]);
  await connectTo(server, fake, { link: server.services.links.reconnect(1), accesstoken: 'newer' });
  now += 2000;
  await until(async () => (await post()).status === 200, 'events to be taken again');
});
