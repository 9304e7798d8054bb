import type { FastifyInstance } from 'fastify';

/** Bodies of every type reach the handler as bytes: the room reads them itself, and can keep what it cannot read. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
}
