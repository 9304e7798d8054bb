import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { accepted } from '../../microbizz/domain/answer.ts';
import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../errors.ts';
import { buildBodyBudget } from '../http/body-budget.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { bodyOf, contentTypeOf, takeRawBodies } from '../http/raw-body.ts';
import type { Answers } from '../inbox/answers.ts';
import type { EventHook } from './define-event.ts';
import { buildSenders, type EventAddress, type Sender, type Senders, type SenderServices } from './find-sender.ts';
import { refuseAddress, wrongMethod } from './near-events.ts';
import type { ReadEvent } from './read-event.ts';
import { refuseEvent } from './refuse-event.ts';
import { refuseTenant, type TenantState } from './refuse-tenant.ts';
import { storeEvent, type StoreServices } from './store-event.ts';

/** The limit for an installation that nothing has verified yet, in bytes. */
const maxUnverified = 64 * 1024;

/** Milliseconds that a hook which answers after its handling may take, when it does not say. */
const defaultBudget = 2000;

export interface EventServices extends SenderServices, TenantState, StoreServices {
  readonly connections: SenderServices['connections'] & StoreServices['connections'];
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

type EventRequest = FastifyRequest<EventRoute>;

type Room = EventServices & { readonly senders: Senders };

const yes = JSON.stringify(accepted);

/** `POST /events/:key/:modcode/:hook`: read it, store it, and only then acknowledge it. Every answer is `{status, error}`. */
export function eventRoutes(app: FastifyInstance, services: EventServices): void {
  const room: Room = { ...services, senders: buildSenders(services.events, services) };
  const holdRoom = buildBodyBudget();

  takeRawBodies(app);

  // A log line of this room names tenant and hook; a logger of its own for each request costs 3 µs.
  app.setChildLoggerFactory((logger) => logger);

  // Before anything of the request is read.
  app.addHook<EventRoute>('onRequest', (request, reply, done) => {
    if (request.method !== 'POST') throw wrongMethod();
    const known = room.senders.recall(request.params);
    const admitted = known === undefined ? admit(room, request) : Promise.resolve(known);
    admitted
      .then(async ({ source }) => {
        if ('tenantId' in source) await refuseTenant(source.tenantId, room);
        else checkUnverified(Number(request.headers['content-length'] ?? 0));
        holdRoom(request, reply);
        done();
      })
      .catch(done);
  });

  app.post<EventRoute>('/events/:key/:modcode/:hook', { bodyLimit: room.maxEvent }, (request, reply) =>
    takeEvent(room, request, reply),
  );

  // Other methods and other paths: never sent by Microbizz, and refused above, so that they get the structure too.
  app.all<EventRoute>('/events/*', () => undefined);

  app.setErrorHandler<FastifyError>((error, request, reply) => refuseEvent(room, error, request, reply));
}

/** The answer to Microbizz for an event that is safe on disk. */
async function takeEvent(room: Room, request: EventRequest, reply: FastifyReply): Promise<string> {
  const sender = room.senders.recall(request.params) ?? (await admit(room, request));
  const { source, definition } = sender;
  const body = bodyOf(request);
  if ('installationId' in source) checkUnverified(body.length);
  const read = await room.readEvent(definition, contentTypeOf(request), body);
  if ('refused' in read) throw new Refusal(read.refused.code, read.refused.message);
  if (read.legacy !== undefined)
    request.log.debug({ hook: hookPath(definition), charset: read.legacy }, 'a text is not UTF-8');
  const id = await storeEvent(room, sender, { fields: read.fields }, body.length);
  reply.type('application/json; charset=utf-8');
  if (id === undefined || definition.answer === undefined) return yes;
  return JSON.stringify(await room.answers.wait(id, definition.budget ?? defaultBudget));
}

async function admit({ senders, limitRefusals }: Room, request: EventRequest): Promise<Sender> {
  return (await senders.find(request.params)) ?? refuseAddress(request, limitRefusals);
}

function checkUnverified(size: number): void {
  if (size <= maxUnverified) return;
  const message = `Until the connection is finished, an event may have ${maxUnverified} bytes.`;
  throw Object.assign(new Error(message), { statusCode: 413 });
}
