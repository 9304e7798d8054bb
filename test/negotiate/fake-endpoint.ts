import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { openConnection, type ConnectRequest, type TestServer } from '../support/start-server.ts';
import { postNegotiate } from './post-negotiate.ts';

export interface Envelope {
  readonly contract: string;
  readonly accesstoken: string;
  readonly remoteagent: string;
  readonly commands: readonly { command: string; sessiontoken?: string; text?: string }[];
}

/** An endpoint that answers whatever the test wants: also what no Microbizz would say. */
export interface FakeEndpoint {
  readonly origin: string;
  readonly url: string;
  readonly envelopes: Envelope[];
  /** Answers Echo well and names user 12 for every session, until the test says otherwise. */
  answer: (response: ServerResponse, envelope: Envelope) => void;
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

export async function startFakeEndpoint(): Promise<FakeEndpoint> {
  const envelopes: Envelope[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const json = new URLSearchParams(Buffer.concat(chunks).toString('utf8')).get('json') ?? 'null';
      const envelope = JSON.parse(json) as Envelope;
      envelopes.push(envelope);
      fake.answer(response, envelope);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeEndpoint = {
    origin,
    url: `${origin}/api/endpoint.php`,
    envelopes,
    answer: (response, { commands }) => {
      const [first] = commands;
      sendJson(response, { status: 1, results: [{ status: 1, userid: 12, answer: first?.text }] });
    },
  };
  return fake;
}

/** Connects by hand, with values of the test's own. */
export async function connectTo(
  server: TestServer,
  { origin, url }: Pick<FakeEndpoint, 'origin' | 'url'>,
  given: { contract?: string; accesstoken?: string } = {},
): Promise<ConnectRequest> {
  const request = await openConnection(server, origin);
  const fields = { endpoint: url, contract: '2391', accesstoken: 'a-working-token', challenge: 'c', ...given };
  const answer = await postNegotiate(request.negotiateurl, fields);
  if (answer.status !== 200) throw new Error(answer.text);
  await fetch(request.returnurl);
  return request;
}
