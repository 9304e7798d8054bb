import type { FastifyRequest } from 'fastify';

/** One form field as PHP's $_REQUEST gives it: the body before the query, and the last where a name came twice. */
export function readField(request: FastifyRequest, name: string): string | undefined {
  for (const source of [request.body, request.query]) {
    if (typeof source !== 'object' || source === null || !Object.hasOwn(source, name)) continue;
    const value: unknown = (source as Record<string, unknown>)[name];
    const last: unknown = Array.isArray(value) ? value.at(-1) : value;
    if (typeof last === 'string') return last;
  }
  return undefined;
}
