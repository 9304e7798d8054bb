import type { FastifyInstance, FastifyRequest } from 'fastify';
import { unpack } from './unpack.ts';

/** Content-Types that are none, by their request: Fastify refuses such a request before its body is read. */
const malformed = new WeakMap<FastifyRequest, string>();
/** Bodies that could not be unpacked, by their request. */
const packed = new WeakMap<FastifyRequest, { readonly body: Buffer; readonly encoding: string }>();
const named = ['application/x-www-form-urlencoded', 'multipart/form-data', 'application/json'];
const wellFormed = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(;|$)/;

/** Bodies of every type reach the handler as bytes: the room reads them itself, and can keep unreadable ones. */
export function takeRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // Fastify remembers the parser of a type that it knows by name; for any other it parses the header at each request, 3 µs.
  app.addContentTypeParser([...named, '*'], { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const encoding = request.headers['content-encoding'];
    if (encoding === undefined) {
      done(null, body);
      return;
    }
    unpack(encoding, body, request.routeOptions.bodyLimit).then(
      (unpacked) => {
        done(null, unpacked);
      },
      (error: unknown) => {
        packed.set(request, { body, encoding });
        done(error as Error);
      },
    );
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

/** The body, without its Content-Encoding where that could be read; empty where none came. */
export function bodyOf(request: FastifyRequest): Buffer {
  return Buffer.isBuffer(request.body) ? request.body : (packed.get(request)?.body ?? Buffer.alloc(0));
}

/** The Content-Encoding that `bodyOf` still has; undefined where it has none. */
export function contentEncodingOf(request: FastifyRequest): string | undefined {
  return packed.get(request)?.encoding;
}

/** The Content-Type as it came; empty when there was none. */
export function contentTypeOf(request: FastifyRequest): string {
  return malformed.get(request) ?? request.headers['content-type'] ?? '';
}
