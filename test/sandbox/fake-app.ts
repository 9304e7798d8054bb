import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/tools/sandbox/start-sandbox.ts';

export const keys = { publicid: 'the-publicid', secretkey: 'the-secretkey' };

export interface Received {
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

export interface FakeApp {
  readonly origin: string;
  readonly received: Received[];
  /** What it answers, by the beginning of the path. `negotiate` gets the challenge. */
  readonly answers: { negotiate: (challenge: string) => string; event: string; status: number };
  request(extra?: object): { publicid: string; negotiateurl: string; returnurl: string; hooks: object[] };
}

export const rightHash = (challenge: string) =>
  createHash('sha1')
    .update(challenge + keys.secretkey)
    .digest('hex');

/** A Microbizz app in a few lines: it reads its challenge with a regular expression, so that no parser of ours is involved. */
export async function startFakeApp(): Promise<FakeApp> {
  const received: Received[] = [];
  const answers: FakeApp['answers'] = { negotiate: rightHash, event: '{"status":true,"error":""}', status: 200 };
  const server = createServer((message, response) => {
    void readBody(message).then((body) => {
      const path = message.url ?? '';
      received.push({ path, contentType: message.headers['content-type'] ?? '', body });
      const challenge = /name="challenge"\r\n\r\n(\w+)|(?:^|&)challenge=(\w+)/.exec(body);
      response.statusCode = answers.status;
      response.end(
        path.startsWith('/negotiate') ? answers.negotiate(challenge?.[1] ?? challenge?.[2] ?? '') : answers.event,
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const hooks = [
    {
      modcode: 'invoice',
      hook: 'event_invoice_line_change',
      title: 'Fakturalinjer',
      url: `${origin}/events/line?key=1`,
    },
    { modcode: 'todo', hook: 'event_product_use_change', title: 'Vareforbrug', url: `${origin}/events/use` },
    { modcode: 'user', hook: 'menu', title: 'Ændringslog', url: `${origin}/menu?key=a%20b+c` },
    { modcode: 'user', hook: 'tab', title: 'Ændringer', url: `${origin}/tab` },
  ];
  const request = (extra?: object) => ({
    publicid: keys.publicid,
    negotiateurl: `${origin}/negotiate?state=1`,
    returnurl: `${origin}/return`,
    hooks,
    ...extra,
  });
  return { origin, received, answers, request };
}

export async function openSandbox(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ ...keys, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** A page, or what a form on it answers; redirects are shown, not followed. */
export async function visit(
  url: string,
  form?: Record<string, string>,
): Promise<{ status: number; text: string; to: string | null }> {
  const sent = form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) };
  const response = await fetch(url, { redirect: 'manual', ...sent });
  return { status: response.status, text: await response.text(), to: response.headers.get('location') };
}
