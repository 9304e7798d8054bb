import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { getAppKey } from '../../src/server/keys/app-key.ts';
import { makeFolder } from '../support/start-server.ts';

const run = promisify(execFile);
const room = new URL('../../src/server/keys/app-key.ts', import.meta.url).href;

test('is made on first start, for its owner alone, and stays', () => {
  const file = join(makeFolder(), 'data', 'app.key');
  const key = getAppKey(file);
  expect(key).toMatch(/^[\w-]{43}$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(file, '..'))).toEqual(['app.key']);
  expect(getAppKey(file)).toBe(key);
  expect(readFileSync(file, 'utf8')).toBe(`${key}\n`);
  expect(getAppKey(join(makeFolder(), 'app.key'))).not.toBe(key);
});

test('of processes that start together, all have the same key', async () => {
  const file = join(makeFolder(), 'app.key');
  const program = `import { getAppKey } from ${JSON.stringify(room)}; process.stdout.write(getAppKey(${JSON.stringify(file)}));`;
  const starts = Array.from({ length: 6 }, () => run(process.execPath, ['--input-type=module', '-e', program]));
  const keys = (await Promise.all(starts)).map(({ stdout }) => stdout);
  expect(keys).toEqual(Array<string>(6).fill(getAppKey(file)));
  expect(readdirSync(join(file, '..'))).toEqual(['app.key']);
});

test('also of those that have one process id: containers that share a volume', async () => {
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    import(workerData.room).then(({ getAppKey }) => {
      parentPort.once('message', (file) => {
        const found = [];
        for (let at = 0; at < 200; at += 1) {
          try { found.push(getAppKey(file + at)); } catch (error) { found.push(error.message); }
        }
        parentPort.postMessage(found);
      });
      parentPort.postMessage('ready');
    });`;
  const workers = Array.from({ length: 2 }, () => new Worker(program, { eval: true, workerData: { room } }));
  const next = (worker: Worker) => new Promise<unknown>((resolve) => worker.once('message', resolve));
  await Promise.all(workers.map(next));
  const file = join(makeFolder(), 'app.key');
  const told = workers.map(next);
  for (const worker of workers) worker.postMessage(file);
  const [one, other] = (await Promise.all(told)) as string[][];
  await Promise.all(workers.map((worker) => worker.terminate()));
  const kept = Array.from({ length: 200 }, (_, at) => getAppKey(`${file}${at}`));
  expect(one).toEqual(kept);
  expect(other).toEqual(kept);
});

test('an empty file is refused, not filled: old tokens would be lost for good', () => {
  const file = join(makeFolder(), 'app.key');
  for (const content of ['', ' \n']) {
    writeFileSync(file, content);
    expect(() => getAppKey(file)).toThrow('is empty. Put the key back from your backup');
    expect(readFileSync(file, 'utf8')).toBe(content);
  }
});

test('a folder in its place is told as it is', () => {
  const folder = makeFolder();
  chmodSync(folder, 0o700);
  expect(() => getAppKey(folder)).toThrow('EISDIR');
});
