import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** The reader's language, as chosen or by `Accept-Language`: Danish or English; English for readers of neither. */
export type Language = 'da' | 'en';

/** What the reader chose, by request. */
const chosen = new WeakMap<FastifyRequest, Language>();

/** For everything that is sent in answer to this request, refusals too. */
export function chooseLanguage(request: FastifyRequest, language: Language): void {
  chosen.set(request, language);
}

export function languageOf(request: FastifyRequest): Language {
  const choice = chosen.get(request);
  if (choice !== undefined) return choice;
  return new Negotiator(request.raw).language(['en', 'da']) === 'da' ? 'da' : 'en';
}
