import { finished } from 'node:stream/promises';
import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify';
import { registerViews } from '../../server/http/views.ts';
import { consentRoutes } from './consent-routes.ts';
import { controlRoutes } from './control-routes.ts';
import { endpointRoutes } from './endpoint-routes.ts';
import { goRoutes } from './go/go-routes.ts';
import { isSet } from './json-set.ts';
import { pageRoutes } from './page-routes.ts';
import { decodeUtf8, readPhpQuery } from './read-php-query.ts';
import type { SandboxState } from './sandbox-state.ts';

const mostBytes = 16 * 1024 * 1024;

/** No script runs on these pages, so text of an app that slipped through the escaping would do no harm either. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; frame-src http: https:; base-uri 'none'";

export async function buildSandboxApp(
  state: SandboxState,
  logger: FastifyServerOptions['logger'],
): Promise<FastifyInstance> {
  const app = fastify({
    ...{ logger: logger ?? false, bodyLimit: mostBytes, forceCloseConnections: true },
    // Public clients put "/appconnect/" behind an address that ends in "/", or leave its last "/" out: web servers like Apache serve both.
    routerOptions: { ignoreDuplicateSlashes: true, ignoreTrailingSlash: true, querystringParser: readPhpQuery },
  });
  await readForms(app);
  await registerViews(app);

  app.addHook('onRequest', async (request, reply) => {
    // Apps allow themselves to be framed by the origin of `endpoint` only, so the pages must be seen under that very name.
    const { protocol, host, hostname, port } = new URL(state.origin);
    const isAlias = request.host === `localhost:${port}` && hostname !== 'localhost';
    if (isAlias && request.method === 'GET') return reply.redirect(`${protocol}//${host}${request.url}`, 302);
    if (request.method === 'POST' && isForeign(request)) throw new ForeignForm();
    reply.header('content-security-policy', policy).header('cache-control', 'no-store');
    return undefined;
  });

  consentRoutes(app, state);
  await endpointRoutes(app, state);
  await goRoutes(app, state);
  pageRoutes(app, state);
  controlRoutes(app, state);
  return app;
}

/** As PHP's $_POST: the two form encodings are fields, every other body is none. */
async function readForms(app: FastifyInstance): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(formbody, { bodyLimit: mostBytes, parser: readPhpQuery });
  await app.register(multipart, {
    attachFieldsToBody: 'keyValues',
    limits: { fieldSize: mostBytes, fields: 1000 },
    // Bytes as they are, for `decodeFields`.
    ...{ defCharset: 'latin1' },
    // A part with a file name is a file, whatever its type, and PHP puts it elsewhere.
    isPartAFile: (_name, _type, filename) => filename !== undefined,
    onFile: async ({ file }) => {
      await finished(file.resume());
    },
  });
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.isMultipart()) request.body = decodeFields(request.body);
    done();
  });
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    payload.on('end', () => {
      done(null, {});
    });
  });
}

/** The last text of each name; none of what is not UTF-8, as in `readPhpQuery`. */
function decodeFields(body: unknown): Record<string, string> {
  const fields = Object.entries(isSet(body) ? body : {}).flatMap(([name, values]) => {
    const texts = [values].flat().filter((value) => typeof value === 'string');
    const last = texts.at(-1);
    // A part that states a charset was decoded by it already. No known sender does.
    const text = last === undefined || /[^\0-\xff]/.test(last) ? last : decodeUtf8(Buffer.from(last, 'latin1'));
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(fields);
}

/** Some web page you visit must not press buttons here. Three addresses are there for others: the consent page and the two APIs. */
function isForeign(request: FastifyRequest): boolean {
  if (/^\/(api|go)\/|^\/appconnect\/$/.test(request.routeOptions.url ?? '')) return false;
  return ['cross-site', 'same-site'].includes(String(request.headers['sec-fetch-site']));
}

class ForeignForm extends Error {
  readonly statusCode = 403;
  override readonly message = 'This button can be pressed on the pages of the sandbox only.';
}
