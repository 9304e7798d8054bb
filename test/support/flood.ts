import { connect, type Socket } from 'node:net';
import { isRefusal } from './send-events.ts';

export interface FloodOptions {
  readonly url: string;
  readonly clients: number;
  /** Requests that a client sends ahead without an answer. */
  readonly ahead: number;
}

export interface Flood {
  readonly sent: () => number;
  readonly acknowledged: () => number;
  readonly refused: () => number;
  /** Neither of the two. */
  readonly strange: readonly string[];
  /** Milliseconds that the slowest answer took. */
  readonly slowest: () => number;
  /** Sends nothing more, and resolves when every request has its answer, or its connection is gone. */
  stop(): Promise<void>;
  /** Requests whose connection ended without an answer. */
  readonly unanswered: () => number;
}

const filler = 'Kørsel – zone 2, målerskab, '.repeat(30);

/** Many clients that do not wait for answers: HTTP/1.1 pipelining over plain sockets, so that the sender costs less than the server. */
export function startFlood({ url, clients, ahead }: FloodOptions): Flood {
  const { hostname, port, pathname } = new URL(url);
  const strange: string[] = [];
  const count = { sent: 0, acknowledged: 0, refused: 0, unanswered: 0, slowest: 0 };
  let stopped = false;
  let heard = 0;
  // Node takes one new connection a turn of its loop: until it has taken all of them, nobody sends ahead.
  const limit = (): number => (heard === clients ? ahead : 1);

  function compose(client: number, number: number): string {
    const body = new URLSearchParams({ object: JSON.stringify({ id: client, number, text: filler }) }).toString();
    return `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  }

  function read(answer: string, body: string): void {
    const acknowledged = answer.startsWith('HTTP/1.1 200') && body === '{"status":true,"error":""}';
    if (acknowledged) count.acknowledged += 1;
    else if (answer.startsWith('HTTP/1.1 503') && isRefusal(body)) count.refused += 1;
    else strange.push(`${answer.split('\r\n')[0] ?? ''} ${body}`);
  }

  async function run(client: number): Promise<void> {
    const socket = connect(Number(port), hostname);
    const waiting: number[] = [];
    let number = 0;
    let answers = 0;
    let held = '';
    const fill = (): void => {
      const requests: string[] = [];
      while (!stopped && waiting.length < limit()) {
        number += 1;
        waiting.push(performance.now());
        requests.push(compose(client, number));
      }
      count.sent += requests.length;
      if (requests.length > 0) socket.write(requests.join(''));
      if (stopped && waiting.length === 0) socket.end();
    };
    socket.setEncoding('latin1').on('connect', fill);
    socket.on('data', (chunk: string) => {
      held += chunk;
      for (let next = cut(held); next !== undefined; next = cut(held)) {
        held = next.rest;
        count.slowest = Math.max(count.slowest, performance.now() - (waiting.shift() ?? Infinity));
        read(next.head, next.body);
        answers += 1;
        if (answers === 1) heard += 1;
      }
      fill();
    });
    stopping.push(fill);
    await ended(socket);
    count.unanswered += waiting.length;
  }

  const stopping: (() => void)[] = [];
  const running = Promise.all(Array.from({ length: clients }, (_, client) => run(client + 1)));
  return {
    sent: () => count.sent,
    acknowledged: () => count.acknowledged,
    refused: () => count.refused,
    unanswered: () => count.unanswered,
    slowest: () => Math.round(count.slowest),
    strange,
    async stop() {
      stopped = true;
      for (const fill of stopping) fill();
      await running;
    },
  };
}

/** The first whole answer in the text, if there is one. */
function cut(text: string): { head: string; body: string; rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = text.slice(0, end);
  const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
  if (text.length < end + 4 + length) return undefined;
  return { head, body: text.slice(end + 4, end + 4 + length), rest: text.slice(end + 4 + length) };
}

function ended(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket
      .on('error', () => undefined)
      .on('close', () => {
        resolve();
      });
  });
}
