import type { FastifyInstance, FastifyRequest } from 'fastify';
import { encodePhpJson } from '../encode-php-json.ts';
import { isSet } from '../json-set.ts';
import { readCookie } from '../read-cookie.ts';
import { decodeUtf8 } from '../read-php-query.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { answerGo } from './answer-go.ts';
import { goError, PlainText } from './go-answer.ts';

/** The GO API at /go/api.php, with JSON bodies, unlike everything else here. */
export async function goRoutes(app: FastifyInstance, state: SandboxState): Promise<void> {
  await app.register((go, _options, done) => {
    go.removeAllContentTypeParsers();
    // As php://input: whatever the body calls itself.
    go.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    go.setErrorHandler((error: { statusCode?: number; message: string }, _request, reply) => {
      const { status, document } = goError(error.statusCode ?? 500, error.message);
      return reply.code(status).type('application/json').send(encodePhpJson(document));
    });
    go.route<{ Params: { '*': string } }>({
      method: ['GET', 'POST', 'DELETE', 'PUT', 'PATCH'],
      url: '/go/api.php/*',
      handler: async (request, reply) => {
        if (state.faults.go === 'html') return reply.type('text/html').send('<h1>Be right back</h1>');
        const [, object = '', id] = /^([^/]+)(?:\/(\d+|schema))?$/.exec(request.params['*']) ?? [];
        const { status, document } =
          object === ''
            ? goError(404, 'Invalid API path')
            : answerGo(state, {
                ...{ method: request.method, object, id, token: readToken(request) },
                query: isSet(request.query) ? request.query : {},
                // What is not UTF-8 is no JSON: json_decode refuses it.
                body: Buffer.isBuffer(request.body) ? (decodeUtf8(request.body) ?? '\0') : '',
              });
        const text = document instanceof PlainText ? document.text : encodePhpJson(document);
        return reply.code(status).type('application/json').send(text);
      },
    });
    done();
  });
}

/** "Either as a COOKIE named access_token or in a GET parameter also named access_token"; before both, the framework takes a bearer's. */
function readToken(request: FastifyRequest): string | undefined {
  const bearer = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1]?.trim();
  const inQuery = isSet(request.query) ? request.query['access_token'] : undefined;
  const found = [bearer, readCookie(request, 'access_token'), inQuery].find(
    (each) => each !== undefined && each !== '',
  );
  return typeof found === 'string' ? found : undefined;
}
