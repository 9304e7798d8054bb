import { parentPort } from 'node:worker_threads';
import { toPlain, type Asked, type Opening, type Said } from './messages.ts';
import { buildQueue, type Ports } from './queue.ts';
import { openReader } from './reader.ts';
import { openWriter } from './writer.ts';

parentPort?.once('message', (opening: Opening) => {
  serve(opening).catch((error: unknown) => {
    say({ refused: toPlain(error) });
    parentPort?.close();
  });
});

function say(said: Said): void {
  parentPort?.postMessage(said);
}

/** Answers calls until it is closed. */
async function serve(opening: Opening): Promise<void> {
  const opened =
    opening.as === 'writer'
      ? await openWriter(opening, { tell: say, idle: (worked) => queue.idle(worked) })
      : openReader(opening);
  const ports: Ports = { ...opened.ports, adapter: { ...opened.ports['adapter'], close } };
  const queue = buildQueue({ ports, answer });

  async function answer(asked: Asked, act: () => Promise<unknown>): Promise<void> {
    try {
      const answer = await act();
      opened.done(asked);
      say({ id: asked.id, answer });
    } catch (error) {
      say({ id: asked.id, error: toPlain(error) });
    }
  }
  async function close(): Promise<void> {
    await opened.close();
    // After this answer: then nothing keeps the thread.
    setImmediate(() => parentPort?.close());
  }

  parentPort?.on('message', (asked: Asked) => {
    queue.take(asked);
  });
  const acts = Object.fromEntries(Object.entries(ports).map(([port, methods]) => [port, Object.keys(methods)]));
  say({ acts, migrated: opened.migrated });
}
