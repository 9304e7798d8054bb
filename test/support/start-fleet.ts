import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { recordingEntry, startRecording, type Recording } from './connect-spawned.ts';
import { findFreePort } from './find-free-port.ts';
import { spawnServer, type SpawnedServer } from './spawn-server.ts';

export interface Fleet extends Pick<Recording, 'urls' | 'record'> {
  readonly servers: readonly SpawnedServer[];
  /** Its file, or the address of the PostgreSQL. */
  readonly database: string;
  /** The same address at one of the servers, by chance. */
  addressOf(url: string): string;
}

/** recording-main.ts, connected: once with a SQLite file in `folder`, or so many times on one PostgreSQL. */
export async function startFleet(
  folder: string,
  more: Readonly<Record<string, string>>,
  postgres: { readonly url: string; readonly processes: number } | undefined,
): Promise<Fleet> {
  let starts = 0;
  const nextStart = (): number => (starts += 1);
  const settings = postgres === undefined ? more : { ...more, DATABASE_URL: postgres.url };
  const first = await startRecording(folder, settings, nextStart);
  const servers = [first.server];
  for (let number = 2; number <= (postgres?.processes ?? 1); number += 1) {
    const own = join(folder, String(number));
    mkdirSync(own);
    const port = String(await findFreePort());
    const server = spawnServer({
      settings: { ...first.server.settings, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` },
      folder: own,
      entry: recordingEntry,
      nextStart,
    });
    server.start();
    servers.push(server);
  }
  await Promise.all(servers.map((server) => server.answering()));
  return {
    ...first,
    servers,
    database: postgres?.url ?? first.database,
    addressOf: (url) => `${servers[Math.floor(Math.random() * servers.length)]?.url ?? ''}${new URL(url).pathname}`,
  };
}
