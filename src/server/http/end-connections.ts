import type { FastifyInstance } from 'fastify';

/** Milliseconds between two checks for connections that have become idle. */
const look = 50;
/** Milliseconds after which a connection is cut in the middle: the request that it was sending was not acknowledged. */
const patience = 5000;

/**
 * Lets a closing server end. Node closes connections that are idle at the moment of `close`; a kept connection whose answer is then on its
 * way would stay open until its sender uses it again, 72 s at most, and one that has stopped in the middle of its request would stay for ever.
 */
export function endConnectionsOnClose(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const { server } = app;
    const sweep = setInterval(() => {
      server.closeIdleConnections();
    }, look);
    const cut = setTimeout(() => {
      server.closeAllConnections();
    }, patience);
    server.once('close', () => {
      clearInterval(sweep);
      clearTimeout(cut);
    });
    done();
  });
}
