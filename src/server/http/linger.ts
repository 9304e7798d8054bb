import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { refused } from '../../microbizz/domain/answer.ts';

/** Bytes of a body that are awaited before the next request on the same connection; beyond it the connection ends with the answer. */
const small = 64 * 1024;
/** Limits for data that still comes on a connection that was answered: milliseconds, bytes, and connections at once. */
const [time, most, atOnce] = [5000, 16 * 2 ** 20, 200];

let lingering = 0;

/**
 * Makes answers that are given before the body was read reach their sender. A connection that is closed with unread bytes is reset, and the
 * reset overtakes the answer (5 of 100 PHP clients with 1 to 4 MB got none): so further data is read and thrown away, within limits. A sender
 * that asks first (`Expect: 100-continue`) gets the go-ahead when the body is wanted, not before.
 */
export function answerBeforeBodies(app: FastifyInstance): void {
  app.addHook('onError', (request, reply, _error, done) => {
    if (hasMuchToCome(request.raw)) {
      void reply.header('connection', 'close');
      endSlowly(request.raw.socket);
    }
    done();
  });
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    request.on('newListener', function begin(event) {
      if (event !== 'data') return;
      request.off('newListener', begin);
      response.writeContinue();
    });
    app.server.emit('request', request, response);
  });
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    endSlowly(request.socket);
    const body = JSON.stringify(refused('Of the header "Expect" only 100-continue is understood.'));
    response
      .writeHead(417, { ...answerHeaders, 'content-length': Buffer.byteLength(body), connection: 'close' })
      .end(body);
  });
}

export const answerHeaders = {
  'content-type': 'application/json; charset=utf-8',
  'x-content-type-options': 'nosniff',
};

function hasMuchToCome({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  return (
    headers.expect !== undefined ||
    headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > small
  );
}

/** Node calls `destroySoon` when the last answer is written. */
export function endSlowly(socket: Socket): void {
  socket.destroySoon = () => {
    linger(socket);
  };
}

/** Ends our side, and waits for the other to end its own. */
export function linger(socket: Socket): void {
  if (socket.destroyed) return;
  if (lingering >= atOnce) {
    socket.end(() => socket.destroy());
    return;
  }
  lingering += 1;
  const began = performance.now();
  const from = socket.bytesRead;
  const look = setInterval(() => {
    if (performance.now() - began > time || socket.bytesRead - from > most) socket.destroy();
  }, 100);
  socket.once('close', () => {
    lingering -= 1;
    clearInterval(look);
  });
  socket.on('error', () => undefined);
  socket.end();
  socket.resume();
}
