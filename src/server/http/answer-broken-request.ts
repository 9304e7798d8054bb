import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { refused } from '../../microbizz/domain/answer.ts';
import type { RefusalLog } from './count-refusals.ts';
import { answerHeaders, endSlowly, linger } from './linger.ts';

/** With the words of the status: importing node:http would make the start 20 ms slower, because Node then loads its own undici too. */
const texts: Readonly<Record<string, readonly [status: string, sentence: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'The request did not come whole within 30 seconds.'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'The headers of the request are too large.'],
};

/** The last answer that was begun on a connection. On the socket itself: a WeakMap costs each new connection 4 µs, and 15 in collecting garbage. */
const lastAnswer = Symbol('last answer');

interface Answered extends Socket {
  [lastAnswer]?: ServerResponse;
}

export function noteAnswers(app: FastifyInstance): void {
  app.server.on('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
    (socket as Answered)[lastAnswer] = response;
  });
}

/**
 * For data that is not an HTTP request, so that no room ever sees it: it could have been an event, so it gets an event's answer. Only the
 * code is logged: the error holds the whole packet, with the key in its URL.
 */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket, refusals: RefusalLog): void {
  const { code = '' } = error;
  // Ended for writing: it was answered, and further data is not a request either.
  if (code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const answer = (socket as Answered)[lastAnswer];
  // The answer to data behind a whole request must not replace that request's answer: a sender that gets 400 would send the event again.
  if (answer?.req.complete === true && !answer.writableEnded) {
    if (!answer.headersSent) answer.setHeader('connection', 'close');
    endSlowly(socket);
    return;
  }
  const [status, sentence] = texts[code] ?? ['400 Bad Request', 'This is not a valid HTTP request.'];
  refusals.count({ code, message: sentence }, 'broken request', { level: 'info' });
  const headers = Object.entries(answerHeaders)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  const body = JSON.stringify(refused(sentence));
  const head = `HTTP/1.1 ${status}\r\n${headers}`;
  socket.write(`${head}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  linger(socket);
}
