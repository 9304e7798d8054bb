import { fileURLToPath } from 'node:url';
import fastifyView from '@fastify/view';
import { Eta } from 'eta';
import type { FastifyInstance } from 'fastify';
import { showHidden } from './show-hidden.ts';

const shipped = fileURLToPath(new URL('../../../views', import.meta.url));

/** Eta over a folder: `<%= %>` escapes, and names invisible characters. */
export function openViews(views = shipped): Eta {
  const eta = new Eta({ views, cache: true, autoTrim: false });
  const { escapeFunction } = eta.config;
  eta.configure({ escapeFunction: (value) => escapeFunction(showHidden(String(value))) });
  return eta;
}

/** Registers eta over a folder, `views/` when left out, so that `reply.view('sandbox/consent', data)` renders `views/sandbox/consent.eta`. */
export async function registerViews(app: FastifyInstance, views = shipped): Promise<void> {
  await app.register(fastifyView, {
    engine: { eta: openViews(views) },
    root: views,
    viewExt: 'eta',
    // Otherwise the plugin switches the engine's cache off, and each page is compiled again: a third of its time.
    production: true,
  });
}
