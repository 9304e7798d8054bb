import type { FastifyRequest } from 'fastify';
import type { Visit } from './find-visit.ts';
import type { SentForm } from './keep-form.ts';

/** The findings about a request so far: for its handler, and for its error page. */
interface LookedAt {
  /** Whose frame a refusal may be shown in. */
  frameAncestors?: readonly string[];
  visit?: Visit;
  form?: SentForm;
}

const known = new WeakMap<FastifyRequest, LookedAt>();

export function note(request: FastifyRequest, found: LookedAt): void {
  known.set(request, { ...known.get(request), ...found });
}

export function lookedAt(request: FastifyRequest): LookedAt {
  return known.get(request) ?? {};
}

export function visitOf(request: FastifyRequest): Visit {
  const { visit } = lookedAt(request);
  if (visit === undefined) throw new Error('This request was not looked at');
  return visit;
}
