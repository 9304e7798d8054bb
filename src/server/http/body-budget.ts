import type { FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';

/** Bytes that do not matter, however many come at once: the number of connections bounds them. */
const free = 64 * 1024;
/** Bytes of larger bodies that are under way at once. */
const total = 128 * 2 ** 20;

/** Holds room for a body from its headers to its answer, or refuses with `unavailable`. */
export type HoldRoom = (request: FastifyRequest, reply: FastifyReply) => void;

export function buildBodyBudget(): HoldRoom {
  let held = 0;
  return (request, reply) => {
    const size = announced(request);
    if (size <= free) return;
    if (held + size > total)
      throw new Refusal('unavailable', 'Too many large requests are under way. Send it again later.');
    held += size;
    reply.raw.once('close', () => {
      held -= size;
    });
  };
}

/** The body's length as the sender gives it; the largest that is read if it gives none. */
function announced({ headers, routeOptions }: FastifyRequest): number {
  const limit = routeOptions.bodyLimit;
  if (headers['transfer-encoding'] !== undefined) return limit;
  return Math.min(limit, Number(headers['content-length'] ?? 0));
}
