import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { judge } from '../report/bars.ts';
import { median, medianRatio } from '../report/statistics.ts';
import { number, type Findings } from '../report/table.ts';
import { makeFolder, removeFolder, startProcess, stopProcess } from '../process/start-process.ts';
import { startOptions } from '../process/start-command.ts';
import { findFreePort } from '../../test/support/find-free-port.ts';
import { waitForAnswer } from '../process/wait-for-port.ts';
import { serverSettings } from '../servers/template.ts';
import type { Context } from './context.ts';

/** From spawn to the first answer, by turns. The database is there already, as at any start but the first. */
export async function start({ plan, say }: Context): Promise<Findings> {
  const folder = makeFolder();
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const ours = (port: number) => ({
    // As `npm start` does.
    command: [process.execPath, ...startOptions(), join(root, 'src/main.ts')],
    env: serverSettings(port, folder),
    cwd: folder,
  });
  const bare = (port: number) => ({
    script: join(root, 'bench/servers/bare-start.ts'),
    args: [String(port)],
    cwd: folder,
  });
  const times = { ours: [] as number[], bare: [] as number[] };
  say('start');
  for (let round = -1; round < plan.start.rounds; round += 1) {
    for (const name of round % 2 === 0 ? (['ours', 'bare'] as const) : (['bare', 'ours'] as const)) {
      const time = await once({ ours, bare }[name]);
      // The first of each makes the database, and fills the disk's cache.
      if (round >= 0) times[name].push(time);
    }
  }
  removeFolder(folder);
  const row = (title: string, all: readonly number[]): string[] => [
    title,
    number(median(all)),
    `${number(Math.min(...all))}–${number(Math.max(...all))}`,
  ];
  const ratio = medianRatio(times.ours, times.bare) ?? NaN;
  return {
    tables: [
      {
        title: `Spawn to first answer, ${plan.start.rounds} starts of each`,
        head: ['', 'ms', 'min–max'],
        rows: [row('this server (src/main.ts)', times.ours), row('bare Fastify with the same plugins', times.bare)],
      },
    ],
    judged: [judge('start', ratio)],
    raw: { ...times, ratio },
  };
}

async function once(what: (port: number) => Parameters<typeof startProcess>[0]): Promise<number> {
  const port = await findFreePort();
  const began = performance.now();
  const started = startProcess(what(port));
  await waitForAnswer(port, started);
  const time = performance.now() - began;
  await stopProcess(started);
  return time;
}
