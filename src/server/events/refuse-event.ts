import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { refused } from '../../microbizz/domain/answer.ts';
import { hookPath } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../errors.ts';
import { bodyOf, contentEncodingOf, contentTypeOf } from '../http/raw-body.ts';
import { hasKeyForm } from '../keys/keyring.ts';
import type { EventAddress, Sender, Senders } from './find-sender.ts';
import { storeEvent, type StoreServices } from './store-event.ts';

/** After a key was lost or an older backup restored, every event of every Microbizz has a key that is not known. */
const keysNotKnown =
  'events refused: their keys are not known here. Was APP_KEY changed, or an older backup restored? Those Microbizz must connect again';

/** Seconds after which a sender that got 503 may try again. */
const retryAfter = 30;

export interface RefuseServices extends StoreServices {
  readonly senders: Pick<Senders, 'find'>;
  /** MAX_EVENT_BYTES. */
  readonly maxEvent: number;
}

/** Answers an event that was not accepted, and keeps it if only its content was wrong. */
export async function refuseEvent(
  services: RefuseServices,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { status, message } = explain(error, services.maxEvent);
  if (status === 405) reply.header('allow', 'POST');
  if (status === 503) reply.header('retry-after', retryAfter);
  const address = request.params as EventAddress;
  const sender = await services.senders.find(address).catch(() => undefined);
  const isContent = sender !== undefined && status < 500 && status !== 405 && error.code !== 'not-connected';
  const tenant = sender && 'tenantId' in sender.source ? sender.source.tenantId : undefined;
  const about = { tenant, hook: sender && hookPath(sender.definition) };
  const { refusals } = request.server;
  if (status >= 500 && !isBacklog(error) && (tenant !== undefined || sender === undefined))
    request.log.error({ ...about, err: error.cause ?? error }, 'event not stored');
  else if (tenant !== undefined && isContent) request.log.warn({ ...about, fault: message }, 'event rejected');
  else refusals.count(error, isLostKey(error, address) ? keysNotKnown : 'event refused', { tenant });
  if (isContent)
    await keepRejected(services, request, sender, message).catch((err: unknown) => {
      if (tenant !== undefined) request.log.error({ ...about, err }, 'rejected event not kept');
      else refusals.count(err as Error, 'rejected event not kept');
    });
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .send(JSON.stringify(refused(message)));
}

/** With its body, so that an operator can see what Microbizz sent. For a body over the limit, only its arrival is noted. */
async function keepRejected(
  services: StoreServices,
  request: FastifyRequest,
  sender: Sender,
  fault: string,
): Promise<void> {
  const body = bodyOf(request);
  const contentType = contentTypeOf(request).slice(0, 255);
  const contentEncoding = contentEncodingOf(request)?.slice(0, 255);
  const packed = contentEncoding === undefined ? {} : { contentEncoding };
  // A copy of its own: a part of a larger piece of memory would be held, and sent to the thread that stores it, with all of that.
  await storeEvent(services, sender, { contentType, ...packed, body: new Uint8Array(body), fault }, body.length);
}

function isBacklog(error: Error): boolean {
  return error instanceof Refusal && error.kind === 'backlog';
}

/** Also where the limit of refusals said so. */
function isLostKey({ code }: FastifyError, { key }: EventAddress): boolean {
  return (code === 'unknown-key' || code === 'too-many') && hasKeyForm(key);
}

/** Status and sentence. Content that is wrong gets 200: Microbizz shows the sentence to somebody only if it reads the answer. */
function explain(error: FastifyError, maxEvent: number): { status: number; message: string } {
  if (error instanceof Refusal) {
    return { status: error.code === 'bad-request' ? 200 : error.statusCode, message: error.message };
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return { status: 413, message: `The event is larger than ${maxEvent} bytes.` };
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return { status: error.statusCode, message: error.message };
  }
  return { status: 503, message: 'The event could not be stored. Send it again later.' };
}
