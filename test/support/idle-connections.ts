import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { readAnswer } from './read-answer.ts';

/** What became of requests: how often each status came, and how many got no whole answer. */
export interface Tally {
  sent: number;
  unanswered: number;
  readonly statuses: Record<string, number>;
}

export interface IdleTally extends Tally {
  /** Pauses after which the connection was gone, so that the request went over a new one. */
  anew: number;
}

export interface IdleOptions {
  /** An event address, and the port that is connected to: a relay's. */
  readonly url: string;
  readonly port: number;
  readonly connections: number;
  /** Requests on each after its first one, and the milliseconds before each of them. */
  readonly requests: number;
  readonly pause: () => number;
}

/**
 * Does what a proxy does: keeps connections, and sends the next event on one as long as it does not know that the other side has closed
 * it. A POST that got no answer is not repeated by proxies. The first event of each connection is not counted.
 */
export async function reuseIdle({ url, port, connections, requests, pause }: IdleOptions): Promise<IdleTally> {
  const tally: IdleTally = { sent: 0, unanswered: 0, statuses: {}, anew: 0 };
  const open = async (): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }).on('error', () => undefined);
    await once(socket, 'connect');
    return socket.resume();
  };
  async function keep(sender: number): Promise<void> {
    let socket = await open();
    await post(socket, url, { id: sender, n: 0 });
    for (let n = 1; n <= requests; n += 1) {
      await delay(pause());
      if (socket.readyState !== 'open') {
        socket = await open();
        tally.anew += 1;
      }
      tally.sent += 1;
      try {
        const { status } = await post(socket, url, { id: sender, n });
        tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
      } catch {
        tally.unanswered += 1;
      }
    }
    socket.destroy();
  }
  await Promise.all(Array.from({ length: connections }, (_, at) => keep(at + 1)));
  return tally;
}

function post(socket: Socket, url: string, object: object): ReturnType<typeof readAnswer> {
  const { pathname, host } = new URL(url);
  const body = new URLSearchParams({ object: JSON.stringify(object) }).toString();
  const answer = readAnswer(socket);
  socket.write(
    `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  return answer;
}
