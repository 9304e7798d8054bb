import type { ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { postEvent } from '../events/post-event.ts';
import { sendJson } from '../support/fake-endpoint.ts';
import { hookUrl, openConnection, openLink, startServer, type TestServer } from '../support/start-server.ts';
import { postNegotiate } from './post-negotiate.ts';

/** Which envelope a Microbizz takes when there is one in the query and one in the body, which is documented nowhere. */
type Reading = 'query first' | 'body first' | 'a constant answer';
interface Sent {
  readonly contract: string;
  readonly accesstoken: string;
  readonly commands: readonly { command: string; text?: string; sessiontoken?: string }[];
}

/** A Microbizz of two customers: 2391, and 99, who attacks. `tokens` says whether an accesstoken is good for other contracts too. */
async function startMicrobizz(reading: Reading, tokens: 'own contract' | 'any contract'): Promise<string> {
  const contracts: Record<string, string> = { t2391: '2391', new2391: '2391', t99: '99' };
  const answer = (response: ServerResponse, { contract, accesstoken, commands }: Sent): void => {
    if (reading === 'a constant answer' && response.req.url?.startsWith('/files/') === true)
      sendJson(response, { status: 1, results: [{ status: 1, userid: 1, answer: '1000000000000000' }] });
    else if (contracts[accesstoken] === undefined || (tokens === 'own contract' && contracts[accesstoken] !== contract))
      sendJson(response, { status: 0, msg: 'Invalid accesstoken' });
    else
      sendJson(response, {
        status: 1,
        results: commands.map(({ text, sessiontoken }) => ({
          ...{ status: sessiontoken === undefined || sessiontoken === `s${contracts[accesstoken] ?? ''}` ? 1 : 0 },
          ...{ answer: text, userid: 12 },
        })),
      });
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const inQuery = new URL(request.url ?? '/', 'http://x').searchParams.get('json');
      const inBody = new URLSearchParams(Buffer.concat(chunks).toString()).get('json');
      const json = reading === 'query first' ? (inQuery ?? inBody) : (inBody ?? inQuery);
      answer(response, JSON.parse(json ?? '{}') as Sent);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function connectVictim(server: TestServer, origin: string, link?: string) {
  const request = await (link === undefined ? openConnection(server, origin) : openLink(link));
  const accesstoken = link === undefined ? 't2391' : 'new2391';
  const fields = { endpoint: `${origin}/api/endpoint.php`, contract: '2391', accesstoken, challenge: 'c' };
  expect((await postNegotiate(request.negotiateurl, fields)).status).toBe(200);
  return { request, page: await (await fetch(request.returnurl)).text() };
}

async function tokenOf(server: TestServer): Promise<string[]> {
  return (await server.services.connections.listTenants()).map(({ credentials }) => credentials.accesstoken.reveal());
}

const readings: Reading[] = ['query first', 'body first', 'a constant answer'];
const form = 'application/x-www-form-urlencoded';
const event = `object=${encodeURIComponent('{"id":1,"text":"planted"}')}`;

test.each(
  readings.flatMap((reading) =>
    (['own contract', 'any contract'] as const).map((tokens) => [reading, tokens] as const),
  ),
)('nobody takes over a tenant of a Microbizz that takes %s, and accesstokens for %s', async (reading, tokens) => {
  const server = await startServer();
  const origin = await startMicrobizz(reading, tokens);
  const { request: victim } = await connectVictim(server, origin);
  expect(await tokenOf(server)).toEqual(['t2391']);

  const json = JSON.stringify({
    contract: '99',
    accesstoken: 't99',
    commands: [
      { command: 'ValidateSessionToken', sessiontoken: 's99' },
      { command: 'Echo', text: '1000000000000000' },
    ],
  });
  const api = `${origin}/api/endpoint.php`;
  for (const endpoint of [
    `${api}?json=${encodeURIComponent(json)}`,
    `${api}?json=${json}`,
    `${api}#?json=${encodeURIComponent(json)}`,
    `${api}%3Fjson=${encodeURIComponent(json)}`,
    `${origin}/files/upload.json`,
    `${origin}/files/upload.php`,
    api,
    `${origin}/other/endpoint.php`,
  ])
    for (const accesstoken of ['anything', 't99']) {
      const attack = await openConnection(server, origin);
      await postNegotiate(attack.negotiateurl, { endpoint, contract: '2391', accesstoken, challenge: 'c' });
      const back = await (await fetch(attack.returnurl)).text();
      expect(back).not.toContain('<h1>Connected</h1>');
      expect(await tokenOf(server)).toEqual(['t2391']);
      const posted = await postEvent(hookUrl(attack, 'invoice/event_invoice_line_change'), event, form);
      expect(posted.status).toBeGreaterThanOrEqual(400);
      for (const sessiontoken of ['s99', 's2391', 'anything'])
        expect((await fetch(`${hookUrl(attack, 'user/menu')}?sessiontoken=${sessiontoken}`)).status).toBe(403);
    }
  // Nothing of the victim has changed: its sessions, and no others, open its pages.
  const page = hookUrl(victim, 'user/menu');
  expect((await fetch(`${page}?sessiontoken=s2391`)).status).toBe(200);
  expect((await fetch(`${page}?sessiontoken=s99`)).status).toBe(403);
});

test('what would take a tenant over waits for the operator, and its person is told so', async () => {
  const server = await startServer();
  const origin = await startMicrobizz('body first', 'own contract');
  await connectVictim(server, origin);
  const again = await openConnection(server, origin);
  const fields = { endpoint: `${origin}/api/endpoint.php`, contract: '2391', accesstoken: 'new2391', challenge: 'c' };
  await postNegotiate(again.negotiateurl, fields);
  const back = await (await fetch(again.returnurl)).text();
  expect(back).toContain('<h1>Waiting for approval</h1>');
  expect(await tokenOf(server)).toEqual(['t2391']);
  const posted = await postEvent(hookUrl(again, 'invoice/event_invoice_line_change'), event, form);
  expect(posted).toMatchObject({ status: 403, text: expect.stringContaining('waits for the approval') as unknown });
  expect((await fetch(`${hookUrl(again, 'user/menu')}?sessiontoken=s2391`)).status).toBe(403);

  const { grants } = server.services.store;
  const [waiting] = await grants.listWaiting();
  expect(back).toContain(waiting?.id ?? 'none');
  expect(await grants.approve(waiting?.id ?? '', Date.now())).toBe(true);
  expect(await tokenOf(server)).toEqual(['new2391']);
  expect((await fetch(`${hookUrl(again, 'user/menu')}?sessiontoken=s2391`)).status).toBe(200);
  expect((await postEvent(hookUrl(again, 'invoice/event_invoice_line_change'), event, form)).status).toBe(200);
});

test('a tenant’s own link replaces its credentials; with another path it waits, for another contract it is refused', async () => {
  const server = await startServer();
  const origin = await startMicrobizz('body first', 'own contract');
  await connectVictim(server, origin);
  const { links } = server.services;
  const otherPath = await openLink(links.reconnect(1));
  const fields = { endpoint: `${origin}/other/endpoint.php`, contract: '2391', accesstoken: 'new2391', challenge: 'c' };
  expect((await postNegotiate(otherPath.negotiateurl, fields)).status).toBe(200);
  expect(await (await fetch(otherPath.returnurl)).text()).toContain('<h1>Waiting for approval</h1>');
  expect(await tokenOf(server)).toEqual(['t2391']);

  const foreign = await openLink(links.reconnect(1));
  const attack = { ...fields, endpoint: `${origin}/api/endpoint.php`, contract: '99', accesstoken: 't99' };
  expect(await postNegotiate(foreign.negotiateurl, attack)).toMatchObject({
    status: 400,
    text: expect.stringContaining('is for contract 2391') as unknown,
  });
  expect((await connectVictim(server, origin, links.reconnect(1))).page).toContain('<h1>Connected</h1>');
  expect(await tokenOf(server)).toEqual(['new2391']);
});
