import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** The reader's language, by `Accept-Language`: Danish or English; English for readers of neither. */
export type Language = 'da' | 'en';

export function languageOf(request: FastifyRequest): Language {
  return new Negotiator(request.raw).language(['en', 'da']) === 'da' ? 'da' : 'en';
}
