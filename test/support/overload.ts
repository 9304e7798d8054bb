import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { startRecording } from './connect-spawned.ts';
import { startFlood } from './flood.ts';

export interface OverloadResult {
  readonly seconds: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unanswered: number;
  readonly strange: readonly string[];
  readonly stored: number;
  /** Milliseconds. */
  readonly slowest: number;
  /** Resident megabytes of the server: before the load, and at most in each quarter of it. */
  readonly memory: readonly number[];
}

/** 256 clients that send without waiting for answers; then what was acknowledged is compared with what is stored. */
export async function overload(folder: string, seconds: number): Promise<OverloadResult> {
  const { server, urls, database } = await startRecording(folder, { LOG_LEVEL: 'silent' });
  try {
    const megabytes = (): number => Math.round(server.memory() / 2 ** 20);
    const memory = [megabytes(), 0, 0, 0, 0];
    const [url = ''] = urls.values();
    const flood = startFlood({ url, clients: 256, ahead: 40 });
    const began = performance.now();
    const passed = (): number => (performance.now() - began) / 1000;
    while (passed() < seconds) {
      const quarter = 1 + Math.floor((passed() / seconds) * 4);
      memory[quarter] = Math.max(memory[quarter] ?? 0, megabytes());
      await pause(50);
    }
    await flood.stop();
    const { strange } = flood;
    return {
      seconds,
      sent: flood.sent(),
      acknowledged: flood.acknowledged(),
      refused: flood.refused(),
      unanswered: flood.unanswered(),
      strange: strange.slice(0, 5),
      stored: countStored(database),
      slowest: flood.slowest(),
      memory,
    };
  } finally {
    await server.stop('SIGKILL');
  }
}

function countStored(file: string): number {
  const database = new Database(file, { readonly: true });
  const stored = Number(database.prepare('SELECT count(*) FROM events').pluck().get());
  database.close();
  return stored;
}
