import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface GoRequestSeen {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly cookie: string | undefined;
  readonly body: string;
}

export interface FakeGo {
  readonly url: string;
  readonly seen: GoRequestSeen[];
  /** Status and document of the next answers; a string is sent as it is. */
  answer: (request: GoRequestSeen) => readonly [status: number, document?: unknown, headers?: Record<string, string>];
}

/** A GO API that answers whatever the test wants. */
export async function startFakeGo(): Promise<FakeGo> {
  const seen: GoRequestSeen[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks).toString();
      const one = { method, path: url.replace('/api.php', ''), cookie: headers.cookie, body };
      seen.push(one);
      const [status, document, more = {}] = fake.answer(one);
      response.writeHead(status, { 'content-type': 'application/json', ...more });
      response.end(typeof document === 'string' ? document : JSON.stringify(document));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const fake: FakeGo = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api.php`,
    seen,
    answer: () => [200, {}],
  };
  return fake;
}
