import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Tally } from './idle-connections.ts';
import { readAnswer } from './read-answer.ts';
import { isRefusal } from './send-events.ts';

const mebibyte = 2 ** 20;
const piece = Buffer.alloc(64 * 1024, 'x');

/** How a body may come. With `Expect` a sender waits for the word to go on, a second at most, as PHP's curl does beyond 1 MB. */
const ways = [
  { name: 'Content-Length', isChunked: false, asks: false },
  { name: 'chunked', isChunked: true, asks: false },
  { name: 'Content-Length, Expect', isChunked: false, asks: true },
  { name: 'chunked, Expect', isChunked: true, asks: true },
] as const;
type Way = (typeof ways)[number];

/** Why it is refused: only what is beyond MAX_EVENT_BYTES (4 MiB) is too large; refusals are counted by the address that is forwarded. */
const causes = [
  { name: 'too large (413)', isKnown: true, least: 5, from: 'one' },
  { name: 'unknown key (404)', isKnown: false, least: 1, from: 'many' },
  { name: 'too many of them (429)', isKnown: false, least: 1, from: 'one' },
] as const;
type Cause = (typeof causes)[number];

/** Sends bodies of 1 to 8 MiB, all of which are refused, over a connection for each, and tallies the answers by cause and way. */
export async function sendRefused(url: string, count: number, atOnce = 20): Promise<Map<string, Tally>> {
  const tallies = new Map<string, Tally>();
  let next = 0;
  async function sender(): Promise<void> {
    while (next < count) {
      const at = next++;
      const [way, cause] = [at % ways.length, Math.floor(at / ways.length) % causes.length];
      await sendOne(url, at, ways[way] as Way, causes[cause] as Cause, tallies);
    }
  }
  await Promise.all(Array.from({ length: atOnce }, sender));
  return tallies;
}

async function sendOne(url: string, at: number, way: Way, cause: Cause, tallies: Map<string, Tally>): Promise<void> {
  const name = `${cause.name}, ${way.name}`;
  const tally: Tally = tallies.get(name) ?? { sent: 0, unanswered: 0, statuses: {} };
  tallies.set(name, tally);
  const { port, hostname, pathname } = new URL(url);
  const socket = connect({ port: Number(port), host: hostname }).on('error', () => undefined);
  try {
    await once(socket, 'connect');
    tally.sent += 1;
    const path = cause.isKnown ? pathname : `/events/${'k'.repeat(44)}/invoice/event_invoice_line_change`;
    const { status, body } = await exchange(socket, headOf(path, at, way, cause), sizeOf(at, cause), way);
    const label = isRefusal(body) ? String(status) : `${status} without the structure`;
    tally.statuses[label] = (tally.statuses[label] ?? 0) + 1;
  } catch {
    tally.unanswered += 1;
  } finally {
    socket.destroy();
  }
}

/** In whole mebibytes. */
function sizeOf(at: number, { least }: Cause): number {
  return (least + (at % (9 - least))) * mebibyte;
}

function headOf(path: string, at: number, way: Way, cause: Cause): string {
  const from = cause.from === 'one' ? '203.0.113.1' : `198.51.${Math.floor(at / 250)}.${at % 250}`;
  return [
    `POST ${path} HTTP/1.1`,
    'Host: x',
    `X-Forwarded-For: ${from}`,
    'Content-Type: application/x-www-form-urlencoded',
    way.isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${sizeOf(at, cause)}`,
    ...(way.asks ? ['Expect: 100-continue'] : []),
    '\r\n',
  ].join('\r\n');
}

/** Reads while it writes, and stops writing when it is answered, as curl does. */
async function exchange(socket: Socket, head: string, size: number, way: Way): ReturnType<typeof readAnswer> {
  const goOn = Promise.withResolvers<undefined>();
  const state = { isAnswered: false };
  const answer = readAnswer(socket, () => {
    goOn.resolve(undefined);
  }).finally(() => {
    state.isAnswered = true;
    goOn.resolve(undefined);
  });
  answer.catch(() => undefined);
  socket.write(head);
  if (way.asks) await Promise.race([goOn.promise, delay(1000)]);
  for (let written = 0; written < size && !state.isAnswered; written += piece.length) {
    if (way.isChunked) socket.write(`${piece.length.toString(16)}\r\n`);
    const flows = socket.write(piece);
    if (way.isChunked) socket.write('\r\n');
    if (!flows) await Promise.race([once(socket, 'drain'), answer]).catch(() => undefined);
  }
  if (way.isChunked && !state.isAnswered) socket.write('0\r\n\r\n');
  return answer;
}
