import type { FastifyReply } from 'fastify';
import { refused } from '../../microbizz/domain/answer.ts';
import { answerHeaders } from './linger.ts';

/** The structure that Microbizz reads, for requests that no room answers. */
export function sendRefused(error: Error & { readonly statusCode?: number }, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status < 500) reply.server.refusals.count(error, 'request refused', { level: 'info' });
  if (status === 405) reply.header('allow', 'POST');
  return reply
    .code(status)
    .headers(answerHeaders)
    .send(JSON.stringify(refused(status < 500 ? error.message : 'This server could not answer. Try again later.')));
}
