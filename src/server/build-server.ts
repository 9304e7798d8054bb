import type { IncomingMessage } from 'node:http';
import Fastify, { LogController, type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import type { App } from './define-app.ts';
import { refused } from '../microbizz/domain/answer.ts';
import { Refusal } from './errors.ts';
import { eventRoutes, isEventPath, wrongMethod } from './events/event-routes.ts';
import { answerBrokenRequest, noteAnswers } from './http/answer-broken-request.ts';
import { registerRefusalLog, type RefusalLog } from './http/count-refusals.ts';
import { endConnectionsOnClose } from './http/end-connections.ts';
import { languages, type Language } from './http/language.ts';
import { answerBeforeBodies, answerHeaders } from './http/linger.ts';
import { registerRefusalLimit } from './http/limit-refusals.ts';
import { sendErrorPage } from './http/send-error-page.ts';
import { parseQuery } from './http/parse-query.ts';
import { registerViews } from './http/views.ts';
import { interfaceRoutes } from './interfaces/interface-routes.ts';
import { buildDownloadLimit } from './interfaces/limit-downloads.ts';
import { buildPageMemory } from './interfaces/remember-pages.ts';
import { connectRoutes } from './negotiate/connect-routes.ts';
import { rememberFaults } from './negotiate/faults.ts';
import { negotiateRoutes } from './negotiate/negotiate-routes.ts';
import type { Services } from './services.ts';
import { texts } from './texts/texts.ts';
import { rememberReads } from './store/remember-reads.ts';
import type { Store } from './store/ports/store.ts';

const defaultBudget = 2000;
/** Connections at once: at 64 KiB of a body each, 256 MiB. */
const mostConnections = 4096;

/** The web server: its plugins, and the rooms mounted. Does no I/O by itself. */
export async function buildServer(
  services: Services,
  { views, ...options }: { stream?: { write(line: string): void }; views?: string | undefined } = {},
): Promise<FastifyInstance> {
  const { config, app: hooks, answers, store } = services;
  const prefix = new URL(config.PUBLIC_URL).pathname.replace(/\/$/, '');
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
    // Longer than the proxy in front (Caddy 120 s, Traefik 90 s, Google's balancer 600 s), which else sends on a connection that is closing.
    keepAliveTimeout: config.KEEP_ALIVE_SECONDS * 1000,
    trustProxy: config.TRUST_PROXY.length > 0 && config.TRUST_PROXY,
    // The path of PUBLIC_URL is taken off here, where the proxy has not done it.
    rewriteUrl: ({ url = '/' }: IncomingMessage) =>
      prefix !== '' && url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url,
    // Refused below, in the rooms' own words.
    http: { requireHostHeader: false },
    // A sender that stops in the middle is let go.
    requestTimeout: 30_000,
    // The default would repeat the URL in its answer.
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      const error = new Refusal('bad-request', 'The address is not a valid URL.');
      app.refusals.count(error, 'request refused', { level: 'info' });
      void reply.code(400).headers(answerHeaders).send(refused(error.message));
    },
    // The default would log the packet that it cannot read.
    clientErrorHandler: (error, socket) => {
      answerBrokenRequest(error, socket, app.refusals);
    },
    // What is too long to be a key is refused where keys are: in the room's own format, and counted.
    routerOptions: { maxParamLength: 16 * 1024, querystringParser: parseQuery },
  });

  app.server.maxConnections = mostConnections;
  registerRefusalLog(app);
  endConnectionsOnClose(app);
  answerBeforeBodies(app);
  noteAnswers(app);
  beginAnswers(app, config.PUBLIC_URL.startsWith('https:'));
  const limitRefusals = await registerRefusalLimit(app);
  if (/^(debug|trace)$/.test(config.LOG_LEVEL)) logAnswers(app);

  const shared = { ...services, limitRefusals };
  await app.register((room, _options, done) => {
    const answerOf: Parameters<typeof eventRoutes>[1]['answerOf'] = (id, hook) =>
      answers.wait(id, hook.budget ?? defaultBudget);
    const events = { events: hooks.events, maxEvent: config.MAX_EVENT_BYTES };
    eventRoutes(room, { ...shared, ...events, grants: store.grants, answerOf });
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
        texts: joinTexts(hooks.texts),
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
    // Methods that no route has, and paths that are nearly an event's: Microbizz reads nothing but the structure.
    pages.addHook('onRequest', async (request) => {
      if (!request.is404 || !isEventPath(request.url)) return;
      if (request.method !== 'POST') throw wrongMethod();
      await limitRefusals(request);
      throw new Refusal(
        'unknown-key',
        'This is not an event address of this app. Connect the app again to get new addresses.',
      );
    });
    pages.setErrorHandler<FastifyError>((error, request, reply) =>
      isEventPath(request.url) ? sendRefused(error, reply) : sendErrorPage(error, request, reply),
    );
    pages.setNotFoundHandler(() => {
      throw new Refusal('not-found', 'There is nothing at this address.');
    });
  });
  healthRoutes(app, services.store);
  return app;
}

/** The server's texts, and the app's beside them. */
function joinTexts(own: App['texts']): Record<Language, object> {
  const joined = languages.map(({ code }) => [code, { ...texts[code], ...own?.[code] }]);
  return Object.fromEntries(joined) as Record<Language, object>;
}

/** What every answer has, and what every request must have. */
function beginAnswers(app: FastifyInstance, isSecure: boolean): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    if (isSecure) reply.header('strict-transport-security', 'max-age=31536000');
    const { headers, httpVersion } = request.raw;
    const isWhole = headers.host !== undefined || httpVersion === '1.0';
    // No `bad-request`: of an event that would be content, which gets 200.
    done(isWhole ? undefined : Object.assign(new Error('The request has no Host header.'), { statusCode: 400 }));
  });
  // What no room answers, and what fails while a room's error page is made: the default would repeat the message.
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if ((error.statusCode ?? 500) >= 500) request.log.error({ err: error }, 'request failed');
    return sendRefused(error, reply);
  });
}

function sendRefused(error: FastifyError, reply: FastifyReply): FastifyReply {
  const status = error.statusCode ?? 500;
  if (status < 500) reply.server.refusals.count(error, 'request refused', { level: 'info' });
  if (status === 405) reply.header('allow', 'POST');
  return reply
    .code(status)
    .headers(answerHeaders)
    .send(JSON.stringify(refused(status < 500 ? error.message : 'This server could not answer. Try again later.')));
}

function healthRoutes(app: FastifyInstance, store: Store): void {
  app.get('/health/live', () => ({ status: 'ok' }));
  const isReady = buildReadiness(store, app.refusals);
  app.get('/health/ready', async (_request, reply) => {
    if (await isReady()) return { status: 'ok' };
    return reply.code(503).send({ status: 'unavailable', error: 'The database cannot be written.' });
  });
}

/**
 * Each check waits for the disk, and anybody may ask: one a second at most, for all who ask meanwhile. That it cannot be written is true
 * until something was.
 */
function buildReadiness(store: Store, refusals: RefusalLog): () => Promise<boolean> {
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
      refusals.count(err as Error, 'not ready: the database cannot be written', { level: 'error' });
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
