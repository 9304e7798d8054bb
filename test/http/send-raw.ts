import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
  /** True when `100 Continue` came before the answer. */
  readonly continued: boolean;
}

/** Sends bytes as they are, and reads one answer that has a Content-Length. */
export async function sendRaw(url: string, request: Uint8Array | string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    socket.write(request);
    let seen = '';
    let continued = false;
    for await (const chunk of socket) {
      seen += (chunk as Buffer).toString('latin1');
      if (seen.startsWith('HTTP/1.1 100 ')) {
        continued = true;
        seen = seen.slice(seen.indexOf('\r\n\r\n') + 4);
      }
      const end = seen.indexOf('\r\n\r\n');
      const head = seen.slice(0, end);
      const body = seen.slice(end + 4);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (end >= 0 && length !== undefined && body.length >= Number(length)) {
        return { status: Number(head.split(' ')[1]), head, body, continued };
      }
    }
    throw new Error(`The connection ended after: ${seen}`);
  } finally {
    socket.destroy();
  }
}

export const phpEvents = [
  'curl-multipart-event',
  'curl-multipart-event-utf8',
  'curl-multipart-event-expect',
  'curl-urlencoded-event',
  'curl-urlencoded-event-brackets',
  'stream-urlencoded-event',
] as const;

/** A request as PHP sent it (test/fixtures/README.md), readdressed to `url`. */
export function phpRequest(name: string, url: string): Buffer {
  const { pathname, host } = new URL(url);
  const captured = readFileSync(new URL(`../fixtures/php/${name}.http`, import.meta.url)).toString('latin1');
  const addressed = captured
    .replace('POST /the-path ', () => `POST ${pathname} `)
    .replace('\r\nHost: 127.0.0.1:1\r\n', () => `\r\nHost: ${host}\r\n`);
  return Buffer.from(addressed, 'latin1');
}
