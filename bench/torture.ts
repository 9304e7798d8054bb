import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { overload } from '../test/support/overload.ts';
import { startPostgres } from '../test/support/start-postgres.ts';
import { faultsOf, torture, type TortureResult } from '../test/support/torture.ts';

/**
 * `npm run torture`: kill -9 a hundred times under load. `-- --kills 15` for a shorter one, `--jumps` with a clock that jumps, `--brackets`
 * with objects as PHP's bracket fields; `-- --overload 60` for a minute of overload. `-- --store postgres --processes 3 --restarts 10`: so many
 * servers on one PostgreSQL, of which one is killed each time, and PostgreSQL itself ten times as a crash ends it.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    jumps: { type: 'boolean' },
    brackets: { type: 'boolean' },
    overload: { type: 'string' },
    store: { type: 'string', default: 'sqlite' },
    processes: { type: 'string', default: '3' },
    restarts: { type: 'string', default: '10' },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'appconnect-torture-'));
const print = (figures: object): void => {
  for (const [name, value] of Object.entries(figures))
    process.stdout.write(`${name.padEnd(20)}${JSON.stringify(value)}\n`);
};

async function run(): Promise<boolean> {
  if (values.overload !== undefined) {
    const result = await overload(folder, Number(values.overload));
    print(result);
    return result.stored === result.acknowledged && result.unanswered === 0 && result.strange.length === 0;
  }
  const tell = (kill: number, acknowledged: number): void => {
    if (kill % 10 === 0) process.stdout.write(`killed ${kill} times, ${acknowledged} acknowledged so far\n`);
  };
  const { jumps = false, brackets = false } = values;
  const kills = Number(values.kills);
  if (values.store === 'postgres') {
    const postgres = { ...(await startPostgres('durable')), processes: Number(values.processes) };
    try {
      const restarts = Number(values.restarts);
      return judge(await torture({ folder, kills, jumps, brackets, tell, postgres, restarts }));
    } finally {
      await postgres.stop();
    }
  }
  return judge(await torture({ folder, kills, jumps, brackets, tell }));
}

function judge(result: TortureResult): boolean {
  print(result);
  return result.strange.length === 0 && Object.values(faultsOf(result)).every((count) => count === 0);
}

try {
  const well = await run();
  process.stdout.write(well ? 'As promised.\n' : 'A promise was broken.\n');
  process.exitCode = well ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
