import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { accepted, refused } from '../../microbizz/domain/answer.ts';
import type { Arrival, Rejection } from '../../microbizz/domain/event.ts';
import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../errors.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { buildBodyBudget } from '../http/body-budget.ts';
import { bodyOf, contentEncodingOf, contentTypeOf, takeRawBodies } from '../http/raw-body.ts';
import type { Answers } from '../inbox/answers.ts';
import type { Gatherer } from '../inbox/gather.ts';
import { hasKeyForm } from '../keys/keyring.ts';
import type { Connections } from '../store/ports/connections.ts';
import type { EventHook } from './define-event.ts';
import { buildSenders, type EventAddress, type Sender, type SenderServices } from './find-sender.ts';
import { wrongMethod } from './near-events.ts';
import type { ReadEvent } from './read-event.ts';
import { refuseTenant, type TenantState } from './refuse-tenant.ts';

/** After a key was lost or an older backup restored, every event of every Microbizz has a key that is not known. */
const keysNotKnown =
  'events refused: their keys are not known here. Was APP_KEY changed, or an older backup restored? Those Microbizz must connect again';

/** The limit for an installation that nothing has verified yet, in bytes. */
const maxUnverified = 64 * 1024;

/** Milliseconds that a hook which answers after its handling may take, when it does not say. */
const defaultBudget = 2000;

/** Seconds after which a sender that got 503 may try again. */
const retryAfter = 30;

export interface EventServices extends SenderServices, TenantState {
  readonly connections: Connections;
  readonly gatherer: Gatherer;
  readonly events: readonly EventHook[];
  /** MAX_EVENT_BYTES. */
  readonly maxEvent: number;
  readonly limitRefusals: LimitRefusals;
  /** Reads a body; a large one on another thread. */
  readonly readEvent: (hook: HookName, contentType: string, body: Buffer) => Promise<ReadEvent>;
  readonly answers: Pick<Answers, 'wait'>;
}

interface EventRoute {
  Params: EventAddress;
}

type Content = Pick<Arrival, 'fields'> | Omit<Rejection, keyof Arrival>;

/** `POST /events/:key/:modcode/:hook`: take it, store it, and only then say so. Every answer is `{status, error}`. */
export function eventRoutes(app: FastifyInstance, services: EventServices): void {
  const { gatherer, connections, now, maxEvent } = services;
  const holdRoom = buildBodyBudget();
  const senders = buildSenders(services.events, services);
  const yes = JSON.stringify(accepted);

  takeRawBodies(app);

  // A log line of this room names tenant and hook; a logger of its own for each request costs 3 µs.
  app.setChildLoggerFactory((logger) => logger);

  // Before anything of the request is read.
  app.addHook<EventRoute>('onRequest', (request, reply, done) => {
    if (request.method !== 'POST') throw wrongMethod();
    const known = senders.recall(request.params);
    const admitted = known === undefined ? admit(request) : Promise.resolve(known);
    admitted
      .then(async ({ source }) => {
        if ('tenantId' in source) await refuseTenant(source.tenantId, services);
        else checkUnverified(Number(request.headers['content-length'] ?? 0));
        holdRoom(request, reply);
        done();
      })
      .catch(done);
  });

  app.post<EventRoute>('/events/:key/:modcode/:hook', { bodyLimit: maxEvent }, async (request, reply) => {
    const sender = senders.recall(request.params) ?? (await admit(request));
    const body = bodyOf(request);
    if ('installationId' in sender.source) checkUnverified(body.length);
    const read = await services.readEvent(sender.definition, contentTypeOf(request), body);
    if ('refused' in read) throw new Refusal(read.refused.code, read.refused.message);
    if (read.legacy !== undefined)
      request.log.debug({ hook: hookPath(sender.definition), charset: read.legacy }, 'a text is not UTF-8');
    const id = await store(sender, { fields: read.fields }, body.length);
    reply.type('application/json; charset=utf-8');
    if (id === undefined || sender.definition.answer === undefined) return yes;
    return JSON.stringify(await services.answers.wait(id, sender.definition.budget ?? defaultBudget));
  });

  // Other methods and other paths: never sent by Microbizz, and refused above, so that they get the structure too.
  app.all<EventRoute>('/events/*', () => undefined);

  app.setErrorHandler<FastifyError>(async (error, request, reply) => {
    const { status, message } = explain(error, maxEvent);
    if (status === 405) reply.header('allow', 'POST');
    if (status === 503) reply.header('retry-after', retryAfter);
    const address = request.params as EventAddress;
    const sender = await senders.find(address).catch(() => undefined);
    const isContent = sender !== undefined && status < 500 && status !== 405 && error.code !== 'not-connected';
    const tenant = sender && 'tenantId' in sender.source ? sender.source.tenantId : undefined;
    const about = { tenant, hook: sender && hookPath(sender.definition) };
    if (status >= 500 && !isBacklog(error) && (tenant !== undefined || sender === undefined))
      request.log.error({ ...about, err: error.cause ?? error }, 'event not stored');
    else if (tenant !== undefined && isContent) request.log.warn({ ...about, fault: message }, 'event rejected');
    else app.refusals.count(error, isLostKey(error, address) ? keysNotKnown : 'event refused', { tenant });
    if (isContent)
      await keepRejected(request, sender, message).catch((err: unknown) => {
        if (tenant !== undefined) request.log.error({ ...about, err }, 'rejected event not kept');
        else app.refusals.count(err as Error, 'rejected event not kept');
      });
    return reply
      .code(status)
      .type('application/json; charset=utf-8')
      .send(JSON.stringify(refused(message)));
  });

  async function admit(request: FastifyRequest<EventRoute>): Promise<Sender> {
    const sender = await senders.find(request.params);
    if (sender !== undefined) return sender;
    await services.limitRefusals(request);
    throw new Refusal(
      'unknown-key',
      'This is not an event address of this app. Connect the app again to get new addresses.',
    );
  }

  /** Resolves when it is safe on disk: with the event's id, or undefined for one that waits for its installation to be verified. */
  async function store({ source, definition }: Sender, content: Content, size: number): Promise<number | undefined> {
    const { modcode, hook } = definition;
    const arrival = { modcode, hook, receivedAt: now(), ...content };
    if ('tenantId' in source) return gatherer.add({ ...arrival, tenantId: source.tenantId }, size);
    if (await connections.park(source.installationId, arrival)) return undefined;
    throw new Refusal('unavailable', 'Too many events wait for this connection to be finished. Send it again later.');
  }

  /** With its body, so that an operator can see what Microbizz said. Of a body over the limit is kept only that it came. */
  async function keepRejected(request: FastifyRequest, sender: Sender, fault: string): Promise<void> {
    const body = bodyOf(request);
    const contentType = contentTypeOf(request).slice(0, 255);
    const contentEncoding = contentEncodingOf(request)?.slice(0, 255);
    const packed = contentEncoding === undefined ? {} : { contentEncoding };
    await store(sender, { contentType, ...packed, body, fault }, body.length);
  }
}

function checkUnverified(size: number): void {
  if (size <= maxUnverified) return;
  const message = `Until the connection is finished, an event may have ${maxUnverified} bytes.`;
  throw Object.assign(new Error(message), { statusCode: 413 });
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
