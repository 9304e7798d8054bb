import { availableParallelism, cpus } from 'node:os';
import { messageOf } from '../src/microbizz/domain/message-of.ts';
import { startGenerator } from './load/run-load.ts';
import { readOptions, type Options, type Part } from './options.ts';
import { api } from './parts/api.ts';
import type { Context } from './parts/context.ts';
import { growth } from './parts/growth.ts';
import { handled } from './parts/handled.ts';
import { history } from './parts/history.ts';
import { isolationOfReads } from './parts/isolation-of-reads.ts';
import { latency } from './parts/latency.ts';
import { pages } from './parts/pages.ts';
import { start } from './parts/start.ts';
import { throughput } from './parts/throughput.ts';
import { timeSync } from './process/disk.ts';
import { barsTable, number, write, type Findings } from './report/table.ts';
import { buildHistoryTemplate, type FilledHistory } from './servers/history-template.ts';
import { buildTemplate } from './servers/template.ts';

const measuring: Record<Part, (context: Context) => Promise<Findings>> = {
  throughput,
  handled,
  latency,
  growth,
  start,
  api,
  history,
  pages,
  'isolation-of-reads': isolationOfReads,
};

const machine = {
  date: new Date().toISOString(),
  node: process.version,
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
};

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function run({ plan, only, json }: Options): Promise<void> {
  const say = (line: string): void => {
    process.stderr.write(`… ${line}\n`);
  };
  const began = performance.now();
  const sync = [timeSync()];
  const template = await buildTemplate();
  let filled: Promise<FilledHistory> | undefined;
  const fillHistory = (): Promise<FilledHistory> => {
    if (filled === undefined) say(`filling a database with ${number(plan.history.changes)} changes`);
    return (filled ??= buildHistoryTemplate(template, plan.history));
  };
  const context: Context = { plan, say, generator: startGenerator(), template, fillHistory };
  const found: [Part, Findings][] = [];
  if (!json) print(`${machine.cores} cores, ${machine.cpu}, Node ${machine.node}\n`);
  for (const part of only) {
    const findings = await measuring[part](context);
    found.push([part, findings]);
    if (!json) print(findings.tables.map(write).join('\n'));
  }
  sync.push(timeSync());
  const disk = `The disk took ${sync.map((time) => number(time, 2)).join(' ms before and ')} ms after the run to make 4 kB safe.`;
  const judged = found.flatMap(([, findings]) => findings.judged);
  const seconds = Math.round((performance.now() - began) / 1000);
  if (json) {
    const parts = Object.fromEntries(found.map(([part, { raw }]) => [part, raw]));
    print(JSON.stringify({ machine, sync, quick: plan.quick, seconds, bars: judged, parts }, null, 2));
  } else {
    print(`${write(barsTable(judged))}\n${disk}`);
    print(`${plan.quick ? 'A quick run: for a look, not for a claim. ' : ''}${seconds} s.`);
  }
}

try {
  await run(readOptions(process.argv.slice(2)));
  process.exit();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
}
