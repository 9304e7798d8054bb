import { expect, test } from 'vitest';
import { postEvent } from '../events/post-event.ts';
import { countWrites } from '../support/count-writes.ts';
import { connect, hookUrl, openConnection, startServer, startStory } from '../support/start-server.ts';
import { until } from '../support/until.ts';
import { sendJson, startFakeEndpoint } from '../support/fake-endpoint.ts';
import { connectTo } from './connect-by-hand.ts';
import { postNegotiate } from './post-negotiate.ts';

const line = (id: number, text: string) => `object=${encodeURIComponent(JSON.stringify({ id, text, userid: 12 }))}`;
const form = 'application/x-www-form-urlencoded';

async function visit(url: string, language = 'en'): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, { headers: { 'accept-language': language } });
  return { status: answer.status, text: await answer.text() };
}

test('somebody who negotiates in the victim’s name gets nothing of the victim’s', async () => {
  const { sandbox, server } = await startStory();
  await sandbox.changeInvoiceLine(50101, { text: 'of the victim' });

  const attack = await openConnection(server, sandbox.url);
  const { endpoint, contract } = sandbox;
  const answer = await postNegotiate(attack.negotiateurl, { endpoint, contract, accesstoken: 'bogus', challenge: 'c' });
  expect(answer.status).toBe(200);
  const back = await visit(attack.returnurl);
  expect(back.text).toContain('<h1>Not connected</h1>');
  expect(back.text).toContain('Invalid accesstoken');

  const tenants = await server.services.connections.listTenants();
  expect(tenants).toHaveLength(1);
  expect(tenants[0]?.credentials.accesstoken.reveal()).toBe(sandbox.connections[0]?.accesstoken);

  const planted = line(50109, 'planted by the attacker');
  const posted = await postEvent(hookUrl(attack, 'invoice/event_invoice_line_change'), planted, form);
  expect(posted).toMatchObject({ status: 403, text: expect.stringContaining('not verified') as unknown });

  // A session that Microbizz itself calls good does not help on the attacker's pages.
  const sessiontoken = sandbox.openSession(12);
  for (const page of ['user/menu', 'user/tab']) {
    const seen = await visit(`${hookUrl(attack, page)}?id=12&sessiontoken=${sessiontoken}`);
    expect(seen.status).toBe(403);
    expect(seen.text).not.toContain('of the victim');
  }
  // The page of the victim shows a later change of its own, and never the planted one.
  await sandbox.changeInvoiceLine(50102, { text: 'later change of the victim' });
  const own = await until(async () => {
    const seen = await visit(sandbox.interfaceUrl('user', 'menu', 12));
    return seen.text.includes('later change of the victim') && seen;
  }, 'the change on the page');
  expect(own.text).toContain('of the victim');
  expect(own.text).not.toContain('planted');
});

test('a reconnect that fails Echo leaves the working token; one that succeeds replaces it; old addresses go on', async () => {
  const { sandbox, server, request: first } = await startStory();
  const tokenInUse = async () =>
    (await server.services.connections.listTenants()).map((tenant) => tenant.credentials.accesstoken.reveal());
  const firstToken = sandbox.connections[0]?.accesstoken ?? '';

  sandbox.faults.negotiate = 'dead-token';
  const failed = await connect(server, sandbox);
  expect((await visit(failed.returnurl)).text).toContain('Not connected');
  expect(await tokenInUse()).toEqual([firstToken]);
  const page = `${hookUrl(first, 'user/menu')}?sessiontoken=${sandbox.openSession(11)}`;
  expect((await visit(page)).status).toBe(200);

  sandbox.faults.negotiate = 'none';
  const second = await connect(server, sandbox);
  const secondToken = sandbox.connections.at(-1)?.accesstoken ?? '';
  expect(secondToken).not.toBe(firstToken);
  expect(await tokenInUse()).toEqual([secondToken]);
  sandbox.faults.oldTokens = 'die';
  expect((await visit(page)).status).toBe(200);

  const url = 'invoice/event_invoice_line_change';
  await postEvent(hookUrl(first, url), line(1, 'by the old address'), form);
  await postEvent(hookUrl(second, url), line(2, 'by the new address'), form);
  const seen = await until(async () => {
    const { text } = await visit(page);
    return text.includes('by the new address') && text;
  }, 'both events on the page');
  expect(seen).toContain('by the old address');
});

test.each(['return', 'page'] as const)('pending becomes active by the %s, and what waited appears', async (by) => {
  const server = await startServer();
  const fake = await startFakeEndpoint();
  const working = fake.answer;
  fake.answer = (response) => response.destroy();
  const request = await connectTo(server, fake);
  expect((await visit(request.returnurl)).text).toContain('<h1>Not connected</h1>');
  const menu = `${hookUrl(request, 'user/menu')}?sessiontoken=s`;
  const refused = await visit(menu, 'da');
  expect(refused.status).toBe(403);
  expect(refused.text).toContain('Appen er ikke forbundet');

  const events = 'invoice/event_invoice_line_change';
  expect(await postEvent(hookUrl(request, events), line(7, 'parked'), form)).toMatchObject({
    status: 200,
    text: '{"status":true,"error":""}',
  });
  expect(await postEvent(hookUrl(request, events), 'nothing=1', form)).toMatchObject({ status: 200 });
  expect(await server.services.store.inbox.listUnsorted(10)).toEqual([]);

  fake.answer = working;
  if (by === 'return') expect((await visit(request.returnurl, 'da')).text).toContain('<h1>Forbundet</h1>');
  const page = await until(async () => {
    const seen = await visit(menu);
    return seen.text.includes('parked') && seen;
  }, 'the parked event on the page');
  expect(page.status).toBe(200);
  expect(await server.services.connections.listTenants()).toHaveLength(1);
});

test('what a Microbizz says that refuses is shown as text, without tokens, and nothing is kept for it', async () => {
  const server = await startServer();
  const fake = await startFakeEndpoint();
  fake.answer = (response) => {
    sendJson(response, { status: 0, msg: 'closed <b>for now</b>: a-working-token' });
  };
  const request = await connectTo(server, fake);
  expect((await visit(request.returnurl)).text).toContain('closed &lt;b&gt;for now&lt;/b&gt;: [hidden]');
  // The first round of the housekeeping writes.
  await until(async () => (await server.services.store.operator.lastSeen()) !== undefined);
  const writes = await countWrites(server.services.store.changes);
  const posted = await postEvent(hookUrl(request, 'invoice/event_invoice_line_change'), line(7, 'parked'), form);
  expect(posted).toMatchObject({ status: 403, text: expect.stringContaining('"status":false') as unknown });
  await visit(request.returnurl);
  expect(await writes()).toBe(0);
});

test('an older connection that is verified late does not replace the newer token', async () => {
  let now = 1_700_000_000_000;
  const server = await startServer({ world: { now: () => now } });
  const fake = await startFakeEndpoint();
  const working = fake.answer;
  await connectTo(server, fake, { accesstoken: 'first' });
  const link = server.services.links.reconnect(1);
  fake.answer = (response) => response.destroy();
  const older = await connectTo(server, fake, { accesstoken: 'older', link });
  now += 1000;
  fake.answer = working;
  await connectTo(server, fake, { accesstoken: 'newer', link: server.services.links.reconnect(1) });
  expect((await visit(older.returnurl)).text).toContain('<h1>Connected</h1>');
  const [tenant] = await server.services.connections.listTenants();
  expect(tenant?.credentials.accesstoken.reveal()).toBe('newer');
});

test('an Echo refused inside a good envelope proves nothing', async () => {
  const server = await startServer();
  const fake = await startFakeEndpoint();
  fake.answer = (response) => {
    sendJson(response, { status: 1, results: [{ status: 0, msg: 'no' }] });
  };
  const request = await connectTo(server, fake);
  expect((await visit(request.returnurl)).text).toContain('<h1>Not connected</h1>');
  expect(await server.services.connections.listTenants()).toEqual([]);
});

test('the return page decides by what negotiate stored', async () => {
  const server = await startServer();
  const request = await openConnection(server);
  const waiting = await fetch(request.returnurl, { headers: { 'accept-language': 'da' } });
  expect(waiting.headers.get('refresh')).toBe('3');
  expect(await waiting.text()).toContain('<h1>Venter på Microbizz</h1>');
  const forged = await fetch(`${server.url}/return/${request.negotiateurl.split('/').at(-1) ?? ''}`);
  expect(forged.status).toBe(404);
});
