import { finished } from 'node:stream/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answerEnvelope } from './answer-envelope.ts';
import { sendOrBreak } from './break-answer.ts';
import { encodePhpJson } from './encode-php-json.ts';
import { readField } from './read-field.ts';
import { isSet, type JsonSet } from './json-set.ts';
import { remember, type SandboxState } from './sandbox-state.ts';

/** The command API: one parameter `json`, by GET or POST, in the query or in a form of either encoding (all are in public use). */
export async function endpointRoutes(app: FastifyInstance, state: SandboxState): Promise<void> {
  await app.register((api, _options, done) => {
    api.setErrorHandler((error: { statusCode?: number; message: string }, request, reply) =>
      answerFailure(state, error, request, reply),
    );
    api.route({
      method: ['GET', 'POST'],
      url: '/api/endpoint.php',
      handler: async (request, reply) => {
        const envelope = parseSet(readField(request, 'json'));
        const contentType = request.headers['content-type'] ?? '';
        remember(state.requests, { method: request.method, contentType, envelope }, 500);
        return sendOrBreak(state, answerEnvelope(state, envelope), reply);
      },
    });
    done();
  });
}

/**
 * Failures outside the commands, in the protocol's own form. A body that is not a readable form, or a larger one than is taken, leaves PHP
 * without fields, and the script answers as it does then; what a failure of Microbizz's own looks like is not documented.
 */
async function answerFailure(
  state: SandboxState,
  error: { statusCode?: number; message: string },
  { raw }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { statusCode = 500, message } = error;
  // A client that is answered before the end of its body may never see the answer.
  await finished(raw.resume()).catch(() => undefined);
  const isServers = statusCode >= 500;
  const answer = answerEnvelope(state, undefined);
  return reply
    .code(isServers ? 500 : 200)
    .type('application/json')
    .send(encodePhpJson(isServers ? { ...answer, msg: message } : answer));
}

function parseSet(text: string | undefined): JsonSet | undefined {
  try {
    const json: unknown = JSON.parse(text ?? '');
    return isSet(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
