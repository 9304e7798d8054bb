import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { now } from './traffic.ts';

export interface Receivers {
  /** One with an address of its own, that answers after so many milliseconds: Infinity for never. */
  open(after?: number): Promise<string>;
  /** When each event came first, by its number. */
  readonly seen: ReadonlyMap<number, number>;
  /** POSTs that came while one of the same event was not answered yet. */
  readonly twice: () => number;
  close(): void;
}

interface Message {
  readonly data?: { readonly object?: { readonly n?: number } };
}

/** Tenants' own systems, fast and slow; also a Microbizz that hangs, which looks the same from outside. */
export function buildReceivers(): Receivers {
  const servers: Server[] = [];
  const seen = new Map<number, number>();
  const open = new Map<string, number>();
  let twice = 0;

  async function take(request: IncomingMessage, place: number): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const at = now();
    const n = numberOf(Buffer.concat(chunks).toString('utf8'));
    if (n !== undefined && !seen.has(n)) seen.set(n, at);
    const key = `${place} ${n ?? ''}`;
    if (n !== undefined && open.has(key)) twice += 1;
    open.set(key, (open.get(key) ?? 0) + 1);
    return key;
  }
  function leave(key: string): void {
    const left = (open.get(key) ?? 1) - 1;
    if (left === 0) open.delete(key);
    else open.set(key, left);
  }

  return {
    seen,
    twice: () => twice,
    async open(after = 0) {
      const place = servers.length;
      const server = createServer((request, response) => {
        void take(request, place).then(
          (key) => {
            response.once('close', () => {
              leave(key);
            });
            if (after === 0) response.end();
            else if (after !== Infinity) setTimeout(() => response.end(), after).unref();
          },
          () => undefined,
        );
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`;
    },
    close() {
      for (const server of servers) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

function numberOf(body: string): number | undefined {
  try {
    return (JSON.parse(body) as Message).data?.object?.n;
  } catch {
    // What a Microbizz is asked is a form.
    return undefined;
  }
}
