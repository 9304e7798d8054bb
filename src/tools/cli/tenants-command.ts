import type { Command } from 'commander';
import { Refusal } from '../../server/errors.ts';
import type { Services } from '../../server/services.ts';
import type { Granted } from '../../server/store/ports/grants.ts';
import { findTenant, nameTenant } from './find-tenant.ts';
import { printJson, printLine, printTable, showTime } from './print.ts';

interface Json {
  json?: boolean;
}

/** The connected solutions; what waits; and which URLs are good for whom. */
export function addTenantsCommand(program: Command, services: () => Promise<Services>): void {
  const tenants = program
    .command('tenants')
    .description('the connected Microbizz solutions, with their counters, and connections that wait for approval')
    .option('--json', 'for machines')
    .action(async ({ json }: Json) => {
      await showTenants(await services(), json === true);
    });
  tenants
    .command('addresses')
    .description('the installations whose URLs are good for a tenant')
    .argument('<tenant>', 'id, contract or host/contract')
    .option('--json', 'for machines')
    .action(async (named: string, _options: Json, command: Command) => {
      await showAddresses(await services(), named, command.optsWithGlobals<Json>().json === true);
    });
  tenants
    .command('approve')
    .description('lets a connection that waits take over its tenant')
    .argument('<installation>', 'as "tenants" lists it')
    .action(async (id: string) => {
      const { store, now } = await services();
      if (!(await store.grants.approve(id, now())))
        throw new Refusal(
          'not-found',
          `No connection ${id} waits for approval. The command "tenants" lists those that do.`,
        );
      printLine(`${id} is approved: its credentials are used from now on. "tenants addresses" lists the older ones.`);
    });
  tenants
    .command('revoke')
    .description('ends the URLs of an installation, for good; also of one that waits')
    .argument('<installation>', 'as "tenants" or "tenants addresses" lists it')
    .action(async (id: string) => {
      const { store, now } = await services();
      if (!(await store.grants.revoke(id, now())))
        throw new Refusal('not-found', `There is no installation ${id} with URLs that are still good.`);
      printLine(
        `${id} is revoked: its events and pages are refused. An accesstoken can be cancelled in Microbizz only.`,
      );
    });
}

async function showTenants({ store }: Services, json: boolean): Promise<void> {
  const { connections, operator, grants } = store;
  const counters = await operator.counters();
  const waiting = await grants.listWaiting();
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
  if (json) {
    const isOf = (each: Granted, row: { host: string; contract: string }): boolean =>
      new URL(each.endpoint).host === row.host && each.contract === row.contract;
    printJson(rows.map((row) => ({ ...row, waiting: waiting.filter((each) => isOf(each, row)).map(describe) })));
    return;
  }
  printTable(rows, 'No Microbizz is connected. "invite" makes a link that connects one.');
  if (waiting.length === 0) return;
  printLine('');
  printLine(
    'These wait for "tenants approve", or "tenants revoke". Approve only a connection that you know of: it takes over the tenant.',
  );
  printTable(waiting.map(describe), '');
}

async function showAddresses({ store }: Services, named: string, json: boolean): Promise<void> {
  const tenant = findTenant(await store.connections.listTenants(), named);
  const rows = (await store.grants.listAddresses(tenant.id)).map(({ inUse, underFirstKey, ...each }) => ({
    ...describe(each),
    accesstoken: inUse ? 'in use' : 'replaced',
    key: underFirstKey ? 'first' : 'older',
  }));
  if (json) printJson(rows);
  else printTable(rows, `No URL is good for ${nameTenant(tenant)}: all were revoked.`);
}

function describe({ id, solution, endpoint, contract, connectedAt }: Granted) {
  return { installation: id, contract, endpoint, solution, connected: showTime(connectedAt) };
}
