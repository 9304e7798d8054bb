import type { FastifyInstance } from 'fastify';
import { answerEnvelope } from './answer-envelope.ts';
import { sendOrBreak } from './break-answer.ts';
import { readField } from './read-field.ts';
import { isSet, type JsonSet } from './json-set.ts';
import { remember, type SandboxState } from './sandbox-state.ts';

/** The command API: one parameter `json`, by GET or POST, in the query or in a form of either encoding (all are in public use). */
export function endpointRoutes(app: FastifyInstance, state: SandboxState): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/api/endpoint.php',
    handler: async (request, reply) => {
      const envelope = parseSet(readField(request, 'json'));
      remember(
        state.requests,
        { method: request.method, contentType: request.headers['content-type'] ?? '', envelope },
        500,
      );
      return sendOrBreak(state, answerEnvelope(state, envelope), reply);
    },
  });
}

function parseSet(text: string | undefined): JsonSet | undefined {
  try {
    const json: unknown = JSON.parse(text ?? '');
    return isSet(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
