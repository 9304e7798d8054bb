import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Fields } from '../../microbizz/domain/event.ts';
import { bodyOf, contentTypeOf } from './raw-body.ts';
import { readFields } from './read-fields.ts';

const urlencoded = 'application/x-www-form-urlencoded';

/**
 * For the forms of our own pages, which a browser sends: names as the page has them, without PHP's rules; of two equal names the
 * last counts. In a scope whose other bodies are read as bytes (`takeRawBodies`).
 */
export function takeBrowserForms(app: FastifyInstance): void {
  app.removeContentTypeParser(urlencoded);
  app.register(formbody, { parser: (text) => Object.fromEntries(new URLSearchParams(text)) });
}

/** The fields of such a form. Another body that has fields, from a script for example, is read as Microbizz's are; the rest is refused. */
export function formOf(request: FastifyRequest): Fields {
  const { body } = request;
  const isForm = typeof body === 'object' && body !== null && !Buffer.isBuffer(body);
  return isForm ? (body as Fields) : readFields(contentTypeOf(request), bodyOf(request));
}
