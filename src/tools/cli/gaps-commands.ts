import type { Command } from 'commander';
import { hookPath } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../../server/errors.ts';
import type { Services } from '../../server/services.ts';
import { findTenant } from './find-tenant.ts';
import { printJson, printTable, showTime } from './print.ts';

interface GapOptions {
  readonly tenant?: string;
  readonly json?: boolean;
}
type GapRun = Awaited<ReturnType<Services['gaps']['run']>>[number];

export function addGapsCommands(program: Command, services: () => Promise<Services>): void {
  const gaps = program.command('gaps').description('changes in Microbizz that no event reported');

  gaps
    .command('run')
    .description('asks Microbizz now; a change that it finds is handled by the server like any event')
    .option('--tenant <tenant>', 'its id, its contract, or host/contract; all when left out')
    .option('--json', 'for machines')
    .action(async ({ tenant, json }: GapOptions) => {
      const id = (await select(tenant))?.id;
      const runs = await (await services()).gaps.run(id);
      print(runs, json);
      const failed = runs.filter(({ fault }) => fault !== undefined).length;
      if (failed > 0) throw new Refusal('upstream-broken', `${failed} of ${runs.length} runs are not complete.`);
    });

  gaps
    .command('list')
    .description('the last run for each tenant and hook')
    .option('--tenant <tenant>', 'of this tenant')
    .option('--json', 'for machines')
    .action(async ({ tenant: named, json }: GapOptions) => {
      const one = await select(named);
      const tenants = one === undefined ? await (await services()).connections.listTenants() : [one];
      const runs: GapRun[] = [];
      for (const { id } of tenants) runs.push(...(await (await services()).gaps.runs(id)));
      print(runs, json);
    });

  async function select(named: string | undefined) {
    return named === undefined ? undefined : findTenant(await (await services()).connections.listTenants(), named);
  }
}

function print(runs: readonly GapRun[], json: boolean | undefined): void {
  if (json === true) {
    printJson(runs.map((run) => ({ ...run, endedAt: run.endedAt === undefined ? null : showTime(run.endedAt) })));
    return;
  }
  const rows = runs.map((run) => ({
    tenant: run.tenantId,
    hook: hookPath(run),
    'complete since': run.since ?? '',
    ended: showTime(run.endedAt),
    found: run.found ?? '',
    fault: run.fault ?? '',
  }));
  printTable(
    rows,
    'There was none: no Microbizz is connected, or no hook of the app has a command that lists its changes.',
  );
}
