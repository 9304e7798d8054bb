import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { eventRoutes } from './events/event-routes.ts';
import { answerNearEvents } from './events/near-events.ts';
import { healthRoutes } from './http/health-routes.ts';
import { registerRefusalLimit } from './http/limit-refusals.ts';
import { openHttp } from './http/open-http.ts';
import { registerViews } from './http/views.ts';
import { openPages } from './interfaces/open-pages.ts';
import { connectRoutes } from './negotiate/connect-routes.ts';
import { rememberFaults } from './negotiate/faults.ts';
import { negotiateRoutes } from './negotiate/negotiate-routes.ts';
import type { Services } from './services.ts';

/** The web server: the rooms mounted, each with the settings that it asks for. Does no I/O by itself. */
export async function buildServer(
  services: Services,
  { views, stream }: { stream?: { write(line: string): void }; views?: string | undefined } = {},
): Promise<FastifyInstance> {
  const { config, app: own, store, links } = services;
  const { PUBLIC_URL: publicUrl } = config;
  const server = openHttp({
    publicUrl,
    logLevel: config.LOG_LEVEL,
    keepAliveSeconds: config.KEEP_ALIVE_SECONDS,
    trustProxy: config.TRUST_PROXY,
    stream,
  });
  const limitRefusals = await registerRefusalLimit(server);
  const shared = { ...services, limitRefusals, publicUrl };
  const connecting = {
    ...shared,
    invitations: store.invitations,
    faults: rememberFaults(),
    asked: own,
    publicid: config.MICROBIZZ_PUBLICID,
    secretkey: config.MICROBIZZ_SECRETKEY,
    defaultSolution: config.MICROBIZZ_URL,
    allowedHosts: config.MICROBIZZ_HOSTS,
    allowedContracts: config.ALLOWED_CONTRACTS,
    open: config.CONNECT === 'open',
  };
  const pages = {
    ...shared,
    pages: own.pages,
    texts: own.texts,
    connectIsOpen: connecting.open,
    reconnectUrl: links.reconnect,
    retentionDays: config.RETENTION_DAYS,
    recheckSeconds: config.SESSION_RECHECK_SECONDS,
    retention: store.retention,
    findConnectedAt: store.gaps.findConnectedAt,
    changes: store.changes,
  };
  const events = { ...shared, events: own.events, maxEvent: config.MAX_EVENT_BYTES, changes: store.changes };
  await server.register(room(eventRoutes, events));
  await server.register(room(negotiateRoutes, connecting));
  // The routes that answer with pages are apart: the views would add a hook to every event.
  await server.register(async (visible) => {
    await registerViews(visible, views);
    await visible.register(room(connectRoutes, connecting));
    await visible.register(room(openPages, pages));
    answerNearEvents(visible, limitRefusals);
  });
  healthRoutes(server, store);
  return server;
}

function room<Options>(
  mount: (app: FastifyInstance, options: Options) => void,
  options: Options,
): FastifyPluginCallback {
  return (app, _options, done) => {
    mount(app, options);
    done();
  };
}
