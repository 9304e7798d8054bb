import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly object: { readonly id: number; readonly change: number };
}

export interface Receiver {
  readonly url: string;
  readonly host: string;
  /** Every message that came, answered well or not. */
  readonly received: Received[];
  /** Connections that were opened, whether or not anything was said on them. */
  connections(): number;
}

/** A tenant's own system. `answer` says what it does with a message; left out, it takes everything. */
export async function startReceiver(
  answer: (received: Received, response: ServerResponse) => void = (_received, response) => response.end(),
): Promise<Receiver> {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    void read(request).then((body) => {
      const { data } = JSON.parse(body) as { data: { object?: Received['object'] } };
      const one: Received = {
        path: request.url ?? '',
        headers: request.headers as Record<string, string>,
        body,
        object: data.object ?? { id: 0, change: 0 },
      };
      received.push(one);
      answer(one, response);
    });
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://${host}/hook`, host, received, connections: () => connections };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

export function answerWith(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): (received: Received, response: ServerResponse) => void {
  return (_received, response) => {
    response.writeHead(status, headers).end();
  };
}
