import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { sendErrorPage } from '../http/send-error-page.ts';
import { sendRefused } from '../http/send-refused.ts';

/** Also what is nearly one: only the structure is read there. */
function isEventPath(url: string): boolean {
  return /^\/+events(?:[/?]|$)/.test(url);
}

export function wrongMethod(): Error {
  return Object.assign(new Error('Events are taken by POST only.'), { statusCode: 405 });
}

/** For a key that is forged or not known, a hook that is not ours, and what is no address at all: counted by where it comes from. */
export async function refuseAddress(request: FastifyRequest, limitRefusals: LimitRefusals): Promise<never> {
  await limitRefusals(request);
  throw new Refusal(
    'unknown-key',
    'This is not an event address of this app. Connect the app again to get new addresses.',
  );
}

/**
 * Beside the rooms, where pages are sent: methods that no route has, and paths that are nearly an event's. Microbizz reads nothing but the
 * structure; everybody else gets a page.
 */
export function answerNearEvents(app: FastifyInstance, limitRefusals: LimitRefusals): void {
  app.addHook('onRequest', async (request) => {
    if (!request.is404 || !isEventPath(request.url)) return;
    if (request.method !== 'POST') throw wrongMethod();
    await refuseAddress(request, limitRefusals);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) =>
    isEventPath(request.url) ? sendRefused(error, reply) : sendErrorPage(error, request, reply),
  );
  app.setNotFoundHandler(() => {
    throw new Refusal('not-found', 'There is nothing at this address.');
  });
}
