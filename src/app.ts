import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance, type FastifyReply } from 'fastify';
import { refused } from './domain/answer.ts';
import { Refusal } from './errors.ts';
import { eventRoutes } from './events/event-routes.ts';
import { answerBrokenRequest } from './http/answer-broken-request.ts';
import { endConnectionsOnClose } from './http/end-connections.ts';
import { registerRefusalLimit } from './http/limit-refusals.ts';
import { sendErrorPage } from './http/send-error-page.ts';
import { registerViews } from './http/views.ts';
import { interfaceRoutes } from './interfaces/interface-routes.ts';
import { buildDownloadLimit } from './interfaces/limit-downloads.ts';
import { buildPageMemory } from './interfaces/remember-pages.ts';
import { connectRoutes } from './negotiate/connect-routes.ts';
import { rememberFaults } from './negotiate/faults.ts';
import { negotiateRoutes } from './negotiate/negotiate-routes.ts';
import type { Services } from './services.ts';
import { rememberReads } from './store/remember-reads.ts';
import type { Store } from './store/store.ts';

const defaultBudget = 2000;

/** The web server: its plugins, and the rooms mounted. Does no I/O by itself. */
export async function buildApp(
  services: Services,
  { views, ...options }: { stream?: { write(line: string): void }; views?: string | undefined } = {},
): Promise<FastifyInstance> {
  const { config, app: hooks, answers, store } = services;
  const app: FastifyInstance = Fastify({
    logger: {
      level: config.LOG_LEVEL,
      // Keys and sessiontokens are in URLs: of a request only its method and its route are ever logged.
      serializers: { req: ({ method, routeOptions }) => ({ method, route: routeOptions.url }) },
      ...options,
    },
    logController: new LogController({ disableRequestLogging: true }),
    // Fastify's own 503 is not the structure that Microbizz reads: what still comes on an open connection is taken as ever.
    return503OnClosing: false,
    // A sender that stops in the middle is let go.
    requestTimeout: 30_000,
    // The default would repeat the URL in its answer.
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      void reply.code(400).send(refused('The address is not a valid URL.'));
    },
    // The default would log the packet that it cannot read.
    clientErrorHandler: (error, socket) => {
      answerBrokenRequest(error, socket, app.log);
    },
    // What is too long to be a key is refused where keys are: in the room's own format, and counted.
    routerOptions: { maxParamLength: 16 * 1024 },
  });

  endConnectionsOnClose(app);
  const limitRefusals = await registerRefusalLimit(app);
  if (/^(debug|trace)$/.test(config.LOG_LEVEL)) logAnswers(app);

  const shared = { ...services, limitRefusals };
  await app.register((room, _options, done) => {
    const answerOf: Parameters<typeof eventRoutes>[1]['answerOf'] = (id, hook) =>
      answers.wait(id, hook.budget ?? defaultBudget);
    eventRoutes(room, { ...shared, grants: store.grants, events: hooks.events, answerOf });
    done();
  });
  const negotiation = {
    ...shared,
    invitations: store.invitations,
    faults: rememberFaults(),
    asked: hooks,
    publicUrl: config.PUBLIC_URL,
    publicid: config.MICROBIZZ_PUBLICID,
    secretkey: config.MICROBIZZ_SECRETKEY,
    defaultSolution: config.MICROBIZZ_URL,
    allowedHosts: config.MICROBIZZ_HOSTS,
    allowedContracts: config.ALLOWED_CONTRACTS,
    open: config.CONNECT === 'open',
  };
  await app.register((room, _options, done) => {
    negotiateRoutes(room, negotiation);
    done();
  });
  // What answers with pages is apart: the views would add a hook to every event.
  await app.register(async (pages) => {
    await registerViews(pages, views);
    await pages.register((room, _options, done) => {
      connectRoutes(room, negotiation);
      done();
    });
    await pages.register((room, _options, done) => {
      interfaceRoutes(room, {
        ...shared,
        pages: hooks.pages,
        publicUrl: config.PUBLIC_URL,
        connectIsOpen: config.CONNECT === 'open',
        reconnectUrl: (tenantId: number) => services.links.reconnect(tenantId),
        retentionDays: config.RETENTION_DAYS,
        recheckSeconds: config.SESSION_RECHECK_SECONDS,
        findConnectedAt: store.gaps.findConnectedAt,
        pageMemory: buildPageMemory(store.version),
        limitDownloads: buildDownloadLimit(),
        connections: {
          findInstallation: rememberReads(store.version, services.connections.findInstallation),
          findTenant: rememberReads(store.version, services.connections.findTenant),
        },
      });
      done();
    });
    pages.setErrorHandler(sendErrorPage);
    pages.setNotFoundHandler(() => {
      throw new Refusal('not-found', 'There is nothing at this address.');
    });
  });
  healthRoutes(app, services.store);
  return app;
}

function healthRoutes(app: FastifyInstance, store: Store): void {
  app.get('/health/live', () => ({ status: 'ok' }));
  const isReady = buildReadiness(store, app.log);
  app.get('/health/ready', async (_request, reply) => {
    if (await isReady()) return { status: 'ok' };
    return reply.code(503).send({ status: 'unavailable', error: 'The database cannot be written.' });
  });
}

/**
 * Each check waits for the disk, and anybody may ask: one a second at most, for all who ask meanwhile. That it cannot be written is true
 * until something was.
 */
function buildReadiness(store: Store, log: FastifyBaseLogger): () => Promise<boolean> {
  let last: Promise<boolean> | undefined;
  let until = 0;
  let failedAt: string | undefined;
  async function check(): Promise<boolean> {
    until = Infinity;
    failedAt = undefined;
    try {
      await store.checkWritable();
      return true;
    } catch (err) {
      log.error({ err }, 'not ready: the database cannot be written');
      failedAt = store.version();
      return false;
    } finally {
      until = performance.now() + 1000;
    }
  }
  return () => {
    const isKnown = performance.now() < until && (failedAt === undefined || failedAt === store.version());
    if (last === undefined || !isKnown) last = check();
    return last;
  };
}

/** One line an answer, for those who ask for it: it costs a busy server a tenth of its speed. */
function logAnswers(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.debug({ req: request, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
    done();
  });
}
