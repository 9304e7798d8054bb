import type { Command } from 'commander';
import type { Services } from '../services.ts';
import { printJson, printTable, showTime } from './print.ts';

export function addTenantsCommand(program: Command, services: () => Services): void {
  program
    .command('tenants')
    .description('the connected Microbizz solutions, with their counters')
    .option('--json', 'for machines')
    .action(async ({ json }: { json?: boolean }) => {
      const { connections, operator } = services().store;
      const counters = await operator.counters();
      const rows = (await connections.listTenants()).map(({ id, host, contract, credentials, refusedAt }) => {
        const count = (name: string): number =>
          counters.find((counter) => counter.tenantId === id && counter.name === name)?.value ?? 0;
        return {
          id,
          host,
          contract,
          endpoint: credentials.endpoint,
          refusedSince: showTime(refusedAt),
          received: count('received'),
          duplicate: count('duplicate'),
          rejected: count('rejected'),
          handled: count('handled'),
          retried: count('retried'),
          dead: count('dead'),
          forwarded: count('forwarded'),
        };
      });
      if (json === true) printJson(rows);
      else printTable(rows, 'No Microbizz is connected.');
    });
}
