import type { FastifyInstance, FastifyRequest } from 'fastify';
import { encodePhpJson } from '../encode-php-json.ts';
import { isSet } from '../json-set.ts';
import { readCookie } from '../read-cookie.ts';
import type { SandboxState } from '../sandbox-state.ts';
import { answerGo } from './answer-go.ts';

interface GoParams {
  object: string;
  id?: string;
}

/** The GO API at /go/api.php, with JSON bodies, unlike everything else here. */
export async function goRoutes(app: FastifyInstance, state: SandboxState): Promise<void> {
  await app.register((go, _options, done) => {
    go.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, parsed) => {
      parsed(null, body);
    });
    go.route<{ Params: GoParams }>({
      method: ['GET', 'POST', 'DELETE', 'PUT', 'PATCH'],
      url: '/go/api.php/:object/:id?',
      handler: async (request, reply) => {
        if (state.faults.go === 'html') return reply.type('text/html').send('<h1>Be right back</h1>');
        const { status, document } = answerGo(state, {
          ...{ method: request.method, object: request.params.object, id: request.params.id || undefined },
          ...{ query: isSet(request.query) ? request.query : {}, token: readToken(request) },
          body: typeof request.body === 'string' ? request.body : '',
        });
        return reply.code(status).type('application/json').send(encodePhpJson(document));
      },
    });
    done();
  });
}

/** "Either as a COOKIE named access_token or in a GET parameter also named access_token." */
function readToken(request: FastifyRequest): string | undefined {
  const inQuery = isSet(request.query) ? request.query['access_token'] : undefined;
  return readCookie(request, 'access_token') ?? (typeof inQuery === 'string' ? inQuery : undefined);
}
