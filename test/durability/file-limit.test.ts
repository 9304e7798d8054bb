import { spawnSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { judge, readRecord } from '../support/check-handled.ts';
import { countOpen, readStored } from '../support/look-into.ts';
import { startRecording } from '../support/connect-spawned.ts';
import { startSenders } from '../support/send-events.ts';
import { makeFolder } from '../support/start-server.ts';
import { waitUntil } from '../support/wait-until.ts';

const linux = spawnSync('prlimit', ['--version']).status === 0;

/** From now on no file of this process may grow beyond so many bytes: write(2) itself fails, as it does on a full disk. */
function limitFiles(pid: number, bytes: number | 'unlimited'): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

// disk-full.test.ts fills the database; here the system refuses to write, in the middle of commits and checkpoints (Linux only).
test.skipIf(!linux)('files that cannot grow: refused, nothing lost, and it goes on without a restart', async () => {
  // Silent, since a log in the same full place is another matter.
  const { server, urls, database, record } = await startRecording(makeFolder(), { LOG_LEVEL: 'silent' });
  const senders = startSenders({ urls, senders: 16, whenUp: () => Promise.resolve() });
  onTestFinished(async () => {
    await server.stop('SIGKILL');
    await senders.stop();
  });
  const refused = (): number => senders.sent.filter(({ fate }) => fate === 'refused').length;
  await waitUntil(() => senders.acknowledged() > 300, 'acknowledgments');

  // The write-ahead log is beyond it, or soon is; what the handlers write down is far below.
  limitFiles(server.pid, 2 ** 20);
  await waitUntil(() => refused() > 300, 'refusals');
  const ready = async (): Promise<number> => (await fetch(`${server.url}/health/ready`)).status;
  await waitUntil(async () => (await ready()) === 503, 'not ready');
  const before = senders.acknowledged();
  limitFiles(server.pid, 'unlimited');
  await waitUntil(() => senders.acknowledged() > before + 300, 'acknowledgments when there is room');
  expect(await ready()).toBe(200);
  await senders.stop();
  await waitUntil(async () => (await countOpen(database)) === 0, 'everything is handled');
  const exit = await server.stop('SIGTERM');

  const figures = judge(senders.sent, await readStored(database), readRecord(record));
  process.stdout.write(`file limit: refused ${refused()}, ${JSON.stringify(figures)}\n`);
  expect(figures).toMatchObject({ lost: 0, misplaced: 0, unhandled: 0, disordered: 0, repeated: 0 });
  expect(senders.strange).toEqual([]);
  expect(server.starts).toBe(1);
  expect(exit).toEqual({ code: 0, signal: null });
});
