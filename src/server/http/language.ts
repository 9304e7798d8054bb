import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { texts } from '../texts/texts.ts';

/** The reader's language, as chosen or by `Accept-Language`: one that there are texts in; English for readers of none. */
export type Language = keyof typeof texts;

/** Each language with its own name, as the switch on a page shows them. */
export const languages = Object.entries(texts).map(([code, { name }]) => ({ code: code as Language, name }));

/** In the order in which one is given to a reader of none. */
const offered = ['en', ...languages.map(({ code }) => code).filter((code) => code !== 'en')];

export function isLanguage(text: unknown): text is Language {
  return typeof text === 'string' && Object.hasOwn(texts, text);
}

/** The reader's choice, by request. */
const chosen = new WeakMap<FastifyRequest, Language>();

/** For everything that is sent in answer to this request, refusals too. */
export function chooseLanguage(request: FastifyRequest, language: Language): void {
  chosen.set(request, language);
}

export function languageOf(request: FastifyRequest): Language {
  const choice = chosen.get(request);
  if (choice !== undefined) return choice;
  const accepted = new Negotiator(request.raw).language(offered);
  return isLanguage(accepted) ? accepted : 'en';
}
