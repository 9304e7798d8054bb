import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Form } from '../load/payload.ts';
import { makeFolder, removeFolder, startProcess, stopProcess, type Started } from '../process/start-process.ts';
import { startOptions } from '../process/start-command.ts';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { waitForAnswer } from '../process/wait-for-port.ts';
import { addForward, databaseName, serverSettings, type Template } from './template.ts';

export type Variant = 'a' | 'b' | 'c' | 'd';

export const titles: Readonly<Record<Variant, string>> = {
  a: 'bare Fastify, stores nothing',
  b: 'this server',
  c: 'Express 5 + better-sqlite3',
  d: 'PHP built-in server + SQLite',
};

export interface Running {
  readonly port: number;
  readonly pid: number;
  readonly path: string;
  readonly database: string;
  stop(): Promise<void>;
}

export const hasPhp = spawnSync('php', ['-r', 'exit(extension_loaded("pdo_sqlite") ? 0 : 1);']).status === 0;

/** As long as a real one. */
const otherPath = `/events/${'k'.repeat(44)}/invoice/event_invoice_line_change`;

/** A fresh process on a fresh database: what one run leaves behind must not be paid by the next. */
export async function startVariant(
  variant: Variant,
  form: Form,
  template: Template,
  destination?: string,
): Promise<Running> {
  const folder = makeFolder();
  const port = await findFreePort();
  const database = join(folder, databaseName);
  if (variant === 'b') copyFileSync(template.database, database);
  if (variant === 'b' && destination !== undefined) await addForward(database, destination);
  const started = launch(variant, form, port, folder);
  await waitForAnswer(port, started);
  return {
    port,
    pid: started.pid,
    database,
    path: variant === 'b' ? template.path : otherPath,
    async stop() {
      // What is still in its lanes would only be handled to be thrown away.
      await stopProcess(started, 'SIGKILL');
      removeFolder(folder);
    },
  };
}

function launch(variant: Variant, form: Form, port: number, folder: string): Started {
  const script = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const database = join(folder, databaseName);
  switch (variant) {
    case 'a':
      return startProcess({ script: script('bare-fastify.ts'), args: [String(port), form] });
    case 'b':
      return startProcess({
        command: [process.execPath, ...startOptions(), script('appconnect.ts')],
        env: serverSettings(port, folder),
        cwd: folder,
      });
    case 'c':
      return startProcess({ script: script('express-sqlite.js'), args: [String(port), database] });
    case 'd':
      return startProcess({
        command: ['php', '-S', `127.0.0.1:${port}`, script('php-module.php')],
        env: { BENCH_DATABASE: database, PHP_CLI_SERVER_WORKERS: '2' },
      });
  }
}
