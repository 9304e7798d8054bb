import type { IncomingMessage, Server } from 'node:http';
import Fastify, {
  LogController,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyHttpOptions,
} from 'fastify';
import { Refusal } from '../errors.ts';
import { answerBrokenRequest, noteAnswers } from './answer-broken-request.ts';
import { registerRefusalLog } from './count-refusals.ts';
import { endConnectionsOnClose } from './end-connections.ts';
import { answerBeforeBodies } from './linger.ts';
import { parseQuery } from './parse-query.ts';
import { sendRefused } from './send-refused.ts';

/** Connections at once: at 64 KiB of a body each, 256 MiB. */
const mostConnections = 4096;

export interface HttpOptions {
  readonly publicUrl: string;
  readonly logLevel: string;
  readonly keepAliveSeconds: number;
  /** Addresses of the proxies in front. */
  readonly trustProxy: string[];
  /** Where the log goes; standard output when left out. */
  readonly stream?: { write(line: string): void } | undefined;
}

/** A web server without a room: its limits, its log, and its answers before and after any room. */
export function openHttp(options: HttpOptions): FastifyInstance {
  const app: FastifyInstance = Fastify({
    ...settingsOf(options),
    // The default would log the packet that it cannot read.
    clientErrorHandler: (error, socket) => {
      answerBrokenRequest(error, socket, app.refusals);
    },
  });
  app.server.maxConnections = mostConnections;
  registerRefusalLog(app);
  endConnectionsOnClose(app);
  answerBeforeBodies(app);
  noteAnswers(app);
  beginAnswers(app, options.publicUrl.startsWith('https:'));
  if (/^(debug|trace)$/.test(options.logLevel)) logAnswers(app);
  return app;
}

function settingsOf({
  publicUrl,
  logLevel,
  keepAliveSeconds,
  trustProxy,
  stream,
}: HttpOptions): FastifyHttpOptions<Server> {
  const prefix = new URL(publicUrl).pathname.replace(/\/$/, '');
  return {
    logger: {
      level: logLevel,
      // Keys and sessiontokens are in URLs: of a request only its method and its route are ever logged.
      serializers: { req: ({ method, routeOptions }) => ({ method, route: routeOptions.url }) },
      ...(stream && { stream }),
    },
    logController: new LogController({ disableRequestLogging: true }),
    // Fastify's own 503 is not the structure that Microbizz reads: requests that still come on an open connection are handled as usual.
    return503OnClosing: false,
    // Longer than the proxy in front (Caddy 120 s, Traefik 90 s, Google's balancer 600 s), which else sends on a connection that is closing.
    keepAliveTimeout: keepAliveSeconds * 1000,
    trustProxy: trustProxy.length > 0 && trustProxy,
    // The path of PUBLIC_URL is removed here, if the proxy has not done it.
    rewriteUrl: ({ url = '/' }: IncomingMessage) =>
      prefix !== '' && url.startsWith(`${prefix}/`) ? url.slice(prefix.length) : url,
    // Refused below, in the rooms' own words.
    http: { requireHostHeader: false },
    // A sender that stops in the middle is let go.
    requestTimeout: 30_000,
    // The default would repeat the URL in its answer.
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      sendRefused(new Refusal('bad-request', 'The address is not a valid URL.'), reply);
    },
    // A parameter that is too long to be a key is refused where keys are: in the room's own format, and counted.
    routerOptions: { maxParamLength: 16 * 1024, querystringParser: parseQuery },
  };
}

/** Headers of every answer, and checks of every request. */
function beginAnswers(app: FastifyInstance, isSecure: boolean): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    if (isSecure) reply.header('strict-transport-security', 'max-age=31536000');
    const { headers, httpVersion } = request.raw;
    const isWhole = headers.host !== undefined || httpVersion === '1.0';
    // No `bad-request`: of an event that would be content, which gets 200.
    done(isWhole ? undefined : Object.assign(new Error('The request has no Host header.'), { statusCode: 400 }));
  });
  // For requests that no room answers, and for errors while a room's error page is made: the default would repeat the message.
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    if ((error.statusCode ?? 500) >= 500) request.log.error({ err: error }, 'request failed');
    return sendRefused(error, reply);
  });
}

/** One line an answer, for those who ask for it: it costs a busy server a tenth of its speed. */
function logAnswers(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.debug({ req: request, status: reply.statusCode, ms: Math.round(reply.elapsedTime) }, 'answered');
    done();
  });
}
