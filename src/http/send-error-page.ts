import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import { errorTexts, type ErrorText } from './error-texts.ts';
import { languageOf } from './language.ts';
import { sendPage } from './send-page.ts';

/** The page for whatever went wrong: plain words in the reader's language, what to do, and no data. */
export async function sendErrorPage(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  frameAncestor?: string,
): Promise<FastifyReply> {
  const refusal = error instanceof Refusal ? error : undefined;
  const status = error.statusCode ?? 500;
  if (status >= 500) request.log.error({ err: error }, 'page failed');
  else request.log.info({ code: refusal?.code ?? error.code, reason: error.message }, 'page refused');
  const texts = errorTexts[languageOf(request)];
  const text: ErrorText =
    texts[refusal?.code ?? (status === 429 ? 'too-many' : status < 500 ? 'bad-request' : 'unavailable')];
  const options = { status, ...(frameAncestor === undefined ? {} : { frameAncestor }) };
  return sendPage(request, reply, 'error', { text, reason: refusal?.message }, options);
}
