import { parentPort, workerData } from 'node:worker_threads';
import { toPlain, type Asked, type Opening, type Said } from './messages.ts';
import { buildQueue, type Ports } from './queue.ts';
import { openReader } from './reader.ts';
import { openWriter } from './writer.ts';

function say(said: Said): void {
  parentPort?.postMessage(said);
}

const opening = workerData as Opening;
const opened =
  opening.as === 'writer' ? await openWriter(opening, { tell: say, idle: () => queue.idle() }) : openReader(opening);

async function close(): Promise<void> {
  await opened.close();
  // After this answer: then nothing keeps the thread.
  setImmediate(() => parentPort?.close());
}

const ports: Ports = { ...opened.ports, adapter: { ...opened.ports['adapter'], close } };
const queue = buildQueue({
  ports,
  async answer(asked, act) {
    try {
      const answer = await act();
      opened.done(asked);
      say({ id: asked.id, answer });
    } catch (error) {
      say({ id: asked.id, error: toPlain(error) });
    }
  },
});
parentPort?.on('message', (asked: Asked) => {
  queue.take(asked);
});
const acts = Object.fromEntries(Object.entries(ports).map(([port, methods]) => [port, Object.keys(methods)]));
say({ acts, migrated: opened.migrated });
