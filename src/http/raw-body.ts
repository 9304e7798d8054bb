import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Content-Types that are none, by their request: Fastify refuses such a request before its body is read. */
const malformed = new WeakMap<FastifyRequest, string>();
const wellFormed = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** Bodies of every type reach the handler as bytes: the room reads them itself, and can keep what it cannot read. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => {
    done(null, body);
  });
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw;
    const given = headers['content-type'];
    if (given !== undefined && !wellFormed.test(given)) {
      malformed.set(request, given);
      headers['content-type'] = 'application/octet-stream';
    }
    done();
  });
}

/** The Content-Type as it came; empty when there was none. */
export function contentTypeOf(request: FastifyRequest): string {
  return malformed.get(request) ?? request.headers['content-type'] ?? '';
}
