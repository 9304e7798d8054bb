import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { Refusal } from '../../src/server/errors.ts';
import { callThread } from '../../src/server/threads/call-thread.ts';
import type { Asked, Said } from '../../src/server/threads/messages.ts';

const opening = { path: 'x', as: 'writer', keepCopy: true } as const;

/** A thread that says what the test lets it say. */
class Fake extends EventEmitter {
  readonly asked: Asked[] = [];
  terminated = false;
  postMessage(asked: Asked): void {
    this.asked.push(asked);
  }
  terminate(): Promise<number> {
    this.terminated = true;
    return Promise.resolve(1);
  }
  say(said: Said): void {
    this.emit('message', said);
  }
}

function start(patience?: number) {
  const fake = new Fake();
  const thread = callThread(fake as unknown as Worker, opening, patience === undefined ? {} : { patience });
  return { fake, thread };
}

test('why a database cannot be opened reaches whoever opens it, as the sentence that it is', async () => {
  const { fake, thread } = start();
  const says = 'The database is newer than this program.';
  fake.say({ refused: { name: 'Refusal', message: says, stack: undefined, code: 'unavailable', kind: undefined } });
  const refused = await thread.ready.catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(Refusal);
  expect(refused).toMatchObject({ code: 'unavailable', message: says });
  await expect(thread.call('a', 'b', [])).rejects.toMatchObject({ code: 'unavailable' });
  await thread.close();
});

test('a thread that does not answer is given up: its calls are refused, and its error is thrown', async () => {
  const { fake, thread } = start(20);
  fake.say({ acts: {}, migrated: [] });
  await thread.ready;
  const thrown = new Promise((resolve) => {
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.once('uncaughtException', resolve);
    onTestFinished(() => {
      for (const other of others) process.on('uncaughtException', other);
    });
  });
  await expect(thread.call('inbox', 'append', [[]])).rejects.toMatchObject({ code: 'unavailable' });
  expect(await thrown).toMatchObject({ message: 'The thread of the database has not answered for 0.02 seconds.' });
  expect(fake.terminated).toBe(true);
});

test('an error that an act throws keeps its kind, its code and its sentence', async () => {
  const { fake, thread } = start();
  fake.say({ acts: {}, migrated: [] });
  const called = thread.call('inbox', 'append', [[]]);
  const error = { name: 'SqliteError', message: 'disk full', stack: 's', code: 'SQLITE_FULL', kind: undefined };
  fake.say({ id: fake.asked.at(-1)?.id ?? 0, error });
  await expect(called).rejects.toMatchObject({ name: 'SqliteError', message: 'disk full', code: 'SQLITE_FULL' });
});
