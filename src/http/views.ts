import fastifyView from '@fastify/view';
import { Eta } from 'eta';
import type { FastifyInstance } from 'fastify';

const shipped = new URL('../../views', import.meta.url).pathname;

/** Registers eta over a folder, `views/` when left out, so that `reply.view('sandbox/consent', data)` renders `views/sandbox/consent.eta`. `<%= %>` escapes. */
export async function registerViews(app: FastifyInstance, views = shipped): Promise<void> {
  await app.register(fastifyView, {
    engine: { eta: new Eta({ views, cache: true, autoTrim: false }) },
    root: views,
    viewExt: 'eta',
    // Else the plugin switches the engine's cache off, and each page is compiled anew: a third of its time.
    production: true,
  });
}
