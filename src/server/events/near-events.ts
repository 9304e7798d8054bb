import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../errors.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { sendErrorPage } from '../http/send-error-page.ts';
import { sendRefused } from '../http/send-refused.ts';

/** Also for addresses that are nearly an event's: their senders read only the structure. */
function isEventPath(url: string): boolean {
  return /^\/+events(?:[/?]|$)/.test(url);
}

export function wrongMethod(): Error {
  return Object.assign(new Error('Events are accepted by POST only.'), { statusCode: 405 });
}

/** For a forged or unknown key, for a hook that is not ours, and for an invalid address: counted by sender address. */
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
