import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { readConfig } from '../src/server/config.ts';
import { openServices } from '../src/server/services.ts';
import { testSettings } from '../test/support/start-server.ts';

/**
 * `node bench/backup.ts [megabytes] [events a second]`: a backup by the command line beside a server that takes events, restored, and
 * every event that was acknowledged before it looked for.
 */
const [megabytes = 1000, rate = 50] = process.argv.slice(2).map(Number);
const size = 20_000;
const hook = { modcode: 'invoice', hook: 'event_invoice_line_change' };
const folder = mkdtempSync(join(tmpdir(), 'appconnect-backup-'));
const file = join(folder, 'appconnect.db');
const copy = join(folder, 'copy.db');
const settings = testSettings(1, folder);
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const open = () => openServices(readConfig(settings), { events: [], pages: [] });
const bytesOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function run(...words: string[]): Promise<{ code: number | null; seconds: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, ['src/tools/cli/main.ts', ...words], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return new Promise((resolve) => {
    child.once('exit', (code) => {
      resolve({ code, seconds: (performance.now() - began) / 1000 });
    });
  });
}

function fill(): void {
  const database = new Database(file);
  const insert = database.prepare(
    'INSERT INTO events (tenant_id, modcode, hook, received_at, fields) VALUES (1, ?, ?, ?, ?)',
  );
  const fields = JSON.stringify({ object: JSON.stringify({ id: 1, text: 'x'.repeat(size) }) });
  const some = database.transaction(() => {
    for (let at = 0; at < 500; at += 1) insert.run(hook.modcode, hook.hook, Date.now(), fields);
  });
  for (let at = 0; at < (megabytes * 1_000_000) / size / 500; at += 1) some();
  database.close();
}

try {
  await (await open()).close();
  fill();
  const server = await open();
  const log = { warn: () => undefined, error: () => undefined, info: () => undefined, child: () => log };
  server.work(log as never);
  const acknowledged: number[] = [];
  const slow: number[] = [];
  const state = { ended: false };
  const sending = (async () => {
    for (let n = 0; !state.ended; n += 1) {
      const began = performance.now();
      const fields = { object: JSON.stringify({ id: n, n }) };
      acknowledged.push(await server.gatherer.add({ ...hook, tenantId: 1, receivedAt: Date.now(), fields }, 100));
      slow.push(performance.now() - began);
      await delay(Math.max(0, 1000 / rate - (performance.now() - began)));
    }
  })();
  await delay(2000);
  const before = acknowledged.slice();
  const backup = await run('backup', copy);
  const log1 = bytesOf(`${file}-wal`);
  state.ended = true;
  await sending;
  await server.close();
  const restored = await run('restore', copy);
  const database = new Database(file, { readonly: true });
  const ids = new Set(database.prepare<[], number>('SELECT id FROM events').pluck().all());
  const lost = before.filter((id) => !ids.has(id)).length;
  slow.sort((a, b) => a - b);
  say(
    `backup of ${(bytesOf(copy) / 1e6).toFixed(0)} MB beside ${rate} events a second: ${backup.seconds.toFixed(1)} s (code ${backup.code}), ` +
      `write-ahead log ${(log1 / 1e6).toFixed(0)} MB after it, slowest answer ${(slow.at(-1) ?? 0).toFixed(0)} ms`,
  );
  say(
    `restored in ${restored.seconds.toFixed(1)} s (code ${restored.code}): ${before.length} acknowledged before the backup, ${lost} of them lost; ` +
      `integrity ${String(database.pragma('integrity_check(1)', { simple: true }))}`,
  );
  database.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
