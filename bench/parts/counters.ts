import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';

export interface Counters {
  /** Events whose handler has run and whose end is noted. */
  handled(): number;
  stored(): number;
  close(): void;
}

/** Reads the server's own database beside it; a reader disturbs no writer in SQLite's WAL mode. */
export function openCounters(path: string): Counters {
  const database = new Database(path, { readonly: true });
  const handled = database.prepare<[], number>("SELECT total(value) FROM counters WHERE name = 'handled'").pluck();
  const stored = database.prepare<[], number>('SELECT ifnull(max(id), 0) FROM events').pluck();
  return {
    handled: () => handled.get() ?? 0,
    stored: () => stored.get() ?? 0,
    close: () => database.close(),
  };
}

/** Milliseconds until everything stored is handled; undefined when that takes longer than `patience`. */
export async function waitUntilHandled(counters: Counters, patience: number): Promise<number | undefined> {
  const began = performance.now();
  while (counters.handled() < counters.stored()) {
    if (performance.now() - began > patience) return undefined;
    await sleep(20);
  }
  return performance.now() - began;
}
