import type { Command } from 'commander';
import { commands, findCommand } from '../../microbizz/api/commands/table.ts';
import { Refusal } from '../../server/errors.ts';
import type { Services } from '../../server/services.ts';
import { describeCommand } from './describe-command.ts';
import { findTenant } from './find-tenant.ts';
import { printJson, printLine, printTable } from './print.ts';
import { collectFiles, readFields, type Fields } from './read-fields.ts';

interface ApiOptions {
  readonly tenant?: string;
  readonly file?: Fields;
  readonly raw?: boolean;
  readonly list?: boolean;
  readonly describe?: string;
  readonly json?: boolean;
}

export function addApiCommand(program: Command, services: () => Promise<Services>): void {
  program
    .command('api')
    .description('run a command of the Microbizz API in a tenant’s solution; the answer is JSON')
    .argument('[command]', 'such as GetCustomerByID; also one that --list does not show')
    .argument('[fields...]', 'name=value, name:=json; when there are none, a JSON object on standard input')
    .option('--tenant <tenant>', 'its id, its contract, or host/contract')
    .option('--file <name=path>', 'a binary field from a file; may be repeated', collectFiles)
    .option('--raw', 'the complete request and answer, with the tokens hidden')
    .option('--list', 'the known commands')
    .option('--describe <command>', 'its fields, and their source')
    .option('--json', 'for machines; also with --list and --describe')
    .action(async (name: string | undefined, pairs: string[], options: ApiOptions) => {
      if (options.list === true) list(options);
      else if (options.describe !== undefined) describe(options.describe, options);
      else if (name === undefined) throw new Refusal('bad-request', 'Name a command; --list has them.');
      else await run(name, pairs, options);
    });

  async function run(name: string, pairs: string[], { tenant: named, file, raw }: ApiOptions): Promise<void> {
    if (named === undefined)
      throw new Refusal('bad-request', 'Say in whose Microbizz, by --tenant: the command "tenants" lists them.');
    const { apis, connections } = await services();
    const tenant = findTenant(await connections.listTenants(), named);
    const input = await readFields(pairs, file);
    printJson(raw === true ? await apis.raw(tenant, name, input) : await apis.of(tenant).run<string>(name, input));
  }
}

function list({ json }: ApiOptions): void {
  const rows = Object.keys(commands)
    .sort()
    .map((name) => {
      const entry = findCommand(name);
      return { name, kind: entry?.reads === true ? 'reads' : 'writes', description: entry?.description ?? '' };
    });
  if (json === true) printJson(rows);
  else printTable(rows, 'There are none.');
}

function meant(name: string): string {
  const known = Object.keys(commands).find((each) => each.toLowerCase() === name.toLowerCase());
  return known === undefined ? 'It can be run all the same, unchecked.' : `Did you mean ${known}?`;
}

function describe(name: string, { json }: ApiOptions): void {
  const entry = findCommand(name);
  if (entry === undefined) throw new Refusal('not-found', `${name} is not documented. ${meant(name)}`);
  const described = describeCommand(name, entry);
  if (json === true) {
    printJson(described);
    return;
  }
  const { kind, paged, description, source, note, input, output, types } = described;
  printLine(`${name} (${kind}${paged === undefined ? '' : `, answers ${paged} in parts`})`);
  printLine(description);
  printLine(`Source: ${source}`);
  if (note !== undefined) printLine(`Note: ${note}`);
  for (const [title, fields] of Object.entries({ input, output })) {
    printLine('');
    const rows = fields.map(({ field, type, needed, meaning }) => ({
      [title]: field,
      type,
      '': title === 'input' && needed ? 'needed' : '',
      meaning,
    }));
    printTable(rows, `${title}: none`);
  }
  for (const [type, fields] of Object.entries(types)) {
    printLine('');
    printLine(`${type}: ${fields.join(', ')}`);
  }
}
