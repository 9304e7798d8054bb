import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { readAnswer, type RawAnswer } from '../support/read-answer.ts';

/** Sends bytes as they are, and reads one answer that has a Content-Length. */
export async function sendRaw(url: string, request: Uint8Array | string): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).on('error', () => undefined);
  try {
    socket.write(request);
    return await readAnswer(socket);
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
