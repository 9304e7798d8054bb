import fastifyView from '@fastify/view';
import { Eta } from 'eta';
import type { FastifyInstance } from 'fastify';

/** Registers eta over `views/`, so that `reply.view('sandbox/consent', data)` renders `views/sandbox/consent.eta`. `<%= %>` escapes. */
export async function registerViews(app: FastifyInstance): Promise<void> {
  const views = new URL('../../views', import.meta.url).pathname;
  await app.register(fastifyView, {
    engine: { eta: new Eta({ views, cache: true, autoTrim: false }) },
    root: views,
    viewExt: 'eta',
  });
}
