import type { FastifyInstance } from 'fastify';
import type { RefusalLog } from './count-refusals.ts';

/** The store's part of the readiness check. */
export interface Writable {
  checkWritable(): Promise<void>;
  readonly changes: {
    subscribe(kind: 'anything', listener: () => void): void;
    look(): Promise<void>;
  };
}

/** Whether the process runs, and whether it can store anything. */
export function healthRoutes(app: FastifyInstance, store: Writable): void {
  app.get('/health/live', () => ({ status: 'ok' }));
  const isReady = buildReadiness(store, app.refusals);
  app.get('/health/ready', async (_request, reply) => {
    if (await isReady()) return { status: 'ok' };
    return reply.code(503).send({ status: 'unavailable', error: 'The database cannot be written.' });
  });
}

/**
 * Each check waits for the disk, and anybody may ask: at most one per second, for all who ask meanwhile. That it cannot be written is true
 * until something was.
 */
function buildReadiness(store: Writable, refusals: RefusalLog): () => Promise<boolean> {
  let last: Promise<boolean> | undefined;
  let until = 0;
  let failed = false;
  store.changes.subscribe('anything', () => {
    if (failed) until = 0;
  });
  async function check(): Promise<boolean> {
    until = Infinity;
    failed = false;
    try {
      await store.checkWritable();
      return true;
    } catch (err) {
      refusals.count(err as Error, 'not ready: the database cannot be written', { level: 'error' });
      // An earlier write says nothing about now.
      await store.changes.look();
      failed = true;
      return false;
    } finally {
      until = performance.now() + 1000;
    }
  }
  return async () => {
    if (failed) await store.changes.look();
    if (last === undefined || performance.now() >= until) last = check();
    return last;
  };
}
