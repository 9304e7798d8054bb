import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { setClock } from '../../test/support/shift-clock.ts';
import { spawnServer, type SpawnedServer } from '../../test/support/spawn-server.ts';
import { makeFolder, removeFolder } from '../process/start-process.ts';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { buildReceivers, type Receivers } from './receivers.ts';
import { databaseName } from '../servers/template.ts';
import { addTenants, entry, fill, serverSettings, type TenantPlan } from './template.ts';

export interface Finding {
  readonly what: string;
  readonly measured: string;
  readonly bar: string;
  readonly well: boolean;
}

/** A kind of row of the table. `open` makes a world of its own, which ends with the row. */
export type Row = (open: () => Promise<World>, say: (line: string) => void) => Promise<Finding[]>;

/** A line that a handler wrote. */
export interface Noted {
  readonly kind: 'begin' | 'end';
  readonly n: number;
  readonly attempt: number;
  readonly at: number;
  /** Which start of the server it was. */
  readonly start: string;
}

export interface World {
  readonly folder: string;
  readonly database: string;
  readonly receivers: Receivers;
  /** Its tenants, with their forwards; the server is not started yet. */
  prepare(plans: readonly TenantPlan[]): Promise<void>;
  fill(tenant: number, objects: Iterable<object>): Promise<void>;
  /** Starts the server. */
  start(more?: Readonly<Record<string, string>>): Promise<SpawnedServer>;
  /** The event addresses, by the place in the plans. */
  readonly urls: readonly string[];
  readonly record: () => Noted[];
  /** When each event was handled, by its number. */
  readonly handled: () => Map<number, number>;
  /** A question to the database file that changes nothing. */
  readonly ask: <T>(sql: string, ...values: (number | string)[]) => T[];
  readonly count: (where: string) => number;
  /** Sets the server's clock ahead, or back. */
  shift(milliseconds: number): void;
  close(): Promise<void>;
}

export async function openWorld(template: string): Promise<World> {
  const folder = makeFolder();
  const database = join(folder, databaseName);
  copyFileSync(template, database);
  const port = await findFreePort();
  const receivers = buildReceivers();
  const urls: string[] = [];
  const servers: SpawnedServer[] = [];
  let shifted = 0;

  function record(): Noted[] {
    const file = join(folder, 'record');
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return lines.map((line) => {
      const [kind, n, attempt, at, start] = JSON.parse(line) as [Noted['kind'], number, number, number, string];
      return { kind, n, attempt, at, start };
    });
  }
  function ask<T>(sql: string, ...values: (number | string)[]): T[] {
    const opened = new Database(database, { readonly: true });
    try {
      return opened.prepare<(number | string)[], T>(sql).all(...values);
    } finally {
      opened.close();
    }
  }

  return {
    folder,
    database,
    receivers,
    urls,
    record,
    ask,
    async prepare(plans) {
      for (const path of await addTenants(database, plans)) urls.push(`http://127.0.0.1:${port}${path}`);
    },
    fill: (tenant, objects) => fill(database, tenant, objects),
    async start(more = {}) {
      const server = spawnServer({ settings: { ...serverSettings(port, folder), ...more }, folder, entry });
      servers.push(server);
      server.start();
      await server.answering();
      return server;
    },
    handled: () => new Map(record().flatMap(({ kind, n, at }) => (kind === 'end' ? [[n, at] as const] : []))),
    count: (where) => ask<{ n: number }>(`SELECT count(*) AS n FROM ${where}`)[0]?.n ?? 0,
    shift(milliseconds) {
      shifted += milliseconds;
      setClock(join(folder, 'clock'), shifted);
    },
    async close() {
      for (const server of servers) await server.stop('SIGKILL');
      receivers.close();
      removeFolder(folder);
    },
  };
}

export interface Supervised {
  readonly ends: () => number;
  /** True while a process is there that has answered. */
  readonly isUp: () => boolean;
  /** Starts nothing more. */
  release(): void;
}

/** What systemd and Docker do: starts the process again at once, whenever it has ended. */
export function supervise(server: SpawnedServer): Supervised {
  const state = { ends: 0, up: true, released: false };
  void (async () => {
    for (;;) {
      await server.ended;
      state.up = false;
      if (state.released) return;
      state.ends += 1;
      server.start();
      await server.answering().catch(() => undefined);
      state.up = true;
    }
  })();
  return {
    ends: () => state.ends,
    isUp: () => state.up,
    release() {
      state.released = true;
    },
  };
}

/** Looks every 100 ms, and answers whether it came true in time. */
export async function within(seconds: number, look: () => boolean): Promise<boolean> {
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    if (look()) return true;
    await pause(100);
  }
  return look();
}

export function milliseconds(value: number): string {
  if (Number.isNaN(value)) return '–';
  return value < 1000 ? `${value.toFixed(0)} ms` : `${(value / 1000).toFixed(1)} s`;
}
