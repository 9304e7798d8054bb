import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

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
  /** Nobody listens any more. */
  close(): Promise<void>;
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
      // The gap filler asks by itself, at a time of its own.
      if (!envelope.commands.some(({ command }) => command === 'GetInvoiceLinesByLastChange')) envelopes.push(envelope);
      fake.answer(response, envelope);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  onTestFinished(close);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeEndpoint = {
    origin,
    url: `${origin}/api/endpoint.php`,
    envelopes,
    close,
    answer: (response, { commands }) => {
      const [first] = commands;
      sendJson(response, { status: 1, results: [{ status: 1, userid: 12, answer: first?.text }] });
    },
  };
  return fake;
}
