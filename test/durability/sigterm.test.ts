import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { judge, readRecord } from '../support/check-handled.ts';
import { countOpen, readStored } from '../support/look-into.ts';
import { startRecording, type Recording } from '../support/connect-spawned.ts';
import { startSenders, type Senders } from '../support/send-events.ts';
import { makeFolder } from '../support/start-server.ts';
import { waitUntil } from '../support/wait-until.ts';

async function startLoad(): Promise<{ recording: Recording; senders: Senders; quit: () => void }> {
  const recording = await startRecording(makeFolder());
  const over = Promise.withResolvers<undefined>();
  const { server, urls } = recording;
  // A connection that breaks is not opened again: the process is ending.
  const senders = startSenders({ urls, senders: 48, whenUp: () => over.promise });
  const quit = (): void => {
    over.resolve(undefined);
  };
  onTestFinished(async () => {
    quit();
    await server.stop('SIGKILL');
    await senders.stop();
  });
  await waitUntil(() => senders.acknowledged() > 1000, 'a thousand acknowledgments');
  return { recording, senders, quit };
}

test('SIGTERM under load: the process ends in time, and what it acknowledged is committed and handled in the end', async () => {
  const { recording, senders, quit } = await startLoad();
  const { server, database, record } = recording;

  const before = senders.sent.length;
  const began = performance.now();
  const exit = await server.stop('SIGTERM');
  const took = Math.round(performance.now() - began);
  quit();
  await senders.stop();
  const after = Object.groupBy(senders.sent.slice(before - 48), ({ fate }) => fate);
  const lost = judge(senders.sent, await readStored(database), []).lost;

  server.start();
  await server.answering();
  await waitUntil(async () => (await countOpen(database)) === 0, 'everything is handled');
  await server.stop('SIGTERM');
  const figures = judge(senders.sent, await readStored(database), readRecord(record));

  const fates = Object.fromEntries(Object.entries(after).map(([fate, list]) => [fate, list.length]));
  process.stdout.write(
    `SIGTERM: ended after ${took} ms; the last ones: ${JSON.stringify(fates)}, broken: ${JSON.stringify(senders.breaks)}; ${JSON.stringify(figures)}\n`,
  );
  expect(exit).toEqual({ code: 0, signal: null });
  expect(took).toBeLessThan(10_000);
  expect(lost).toBe(0);
  expect(senders.strange).toEqual([]);
  expect(figures).toMatchObject({ lost: 0, misplaced: 0, unhandled: 0, disordered: 0 });
});

test('SIGTERM while a sender has stopped in the middle of its event: the process ends in time all the same', async () => {
  const { recording, senders, quit } = await startLoad();
  const { server, urls, database } = recording;
  const [url = ''] = urls.values();
  const { hostname, port, pathname } = new URL(url);
  const stalled = connect(Number(port), hostname);
  onTestFinished(() => {
    stalled.destroy();
  });
  stalled.on('error', () => undefined);
  await once(stalled, 'connect');
  const type = 'application/x-www-form-urlencoded';
  stalled.write(
    `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: ${type}\r\ncontent-length: 1000\r\nexpect: 100-continue\r\n\r\n`,
  );
  // The server says that it has begun to read this request.
  await once(stalled, 'data');
  stalled.write('object=');

  const began = performance.now();
  const exit = await server.stop('SIGTERM');
  const took = Math.round(performance.now() - began);
  quit();
  await senders.stop();

  const { lost, acknowledged } = judge(senders.sent, await readStored(database), []);
  process.stdout.write(
    `SIGTERM with a stalled sender: ended after ${took} ms, exit ${JSON.stringify(exit)}, ${acknowledged} acknowledged, ${lost} lost\n`,
  );
  expect(took).toBeLessThan(10_000);
  expect(exit).toEqual({ code: 0, signal: null });
  expect(lost).toBe(0);
});
