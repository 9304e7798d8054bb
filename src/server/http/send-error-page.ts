import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import { texts } from '../texts/texts.ts';
import { languageOf } from './language.ts';
import { sendPage } from './send-page.ts';

/** A form that was sent in vain: the typed text is shown, so that it is not lost. */
export interface KeptForm {
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Where the same can be sent again, when that may help. `secrets` are not kept: they are typed again. */
  readonly retry: { readonly action: string; readonly pass: string; readonly secrets: readonly string[] } | undefined;
}

export interface ErrorPageOptions {
  readonly frameAncestors?: readonly string[] | undefined;
  readonly kept?: KeptForm | undefined;
  /** The address at which to reconnect the app, if that helps. */
  readonly connectAgain?: string | undefined;
}

/** The page for an error: plain words in the reader's language, advice, and no data. */
export async function sendErrorPage(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
  { frameAncestors = [], kept, connectAgain }: ErrorPageOptions = {},
): Promise<FastifyReply> {
  // A download that fails before its first part: the page that is sent instead is for reading, not for saving.
  reply.removeHeader('content-disposition');
  const refusal = error instanceof Refusal ? error : undefined;
  const status = error.statusCode ?? 500;
  if (status >= 500) request.log.error({ err: error }, 'page failed');
  else request.server.refusals.count(error, 'page refused', { level: 'info' });
  const { errors } = texts[languageOf(request)];
  const text = errors[refusal?.code ?? (status === 429 ? 'too-many' : status < 500 ? 'bad-request' : 'unavailable')];
  return sendPage(
    request,
    reply,
    'server/error',
    { text, reason: refusal?.message, kept, connectAgain },
    { status, frameAncestors },
  );
}
