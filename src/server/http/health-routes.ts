import type { FastifyInstance } from 'fastify';
import type { RefusalLog } from './count-refusals.ts';

/** What readiness asks of whatever remembers. */
export interface Writable {
  checkWritable(): Promise<void>;
  /** Another text whenever anything was written. */
  version(): string;
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
