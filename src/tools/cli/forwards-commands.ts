import type { Command } from 'commander';
import { Refusal } from '../../server/errors.ts';
import type { Forward } from '../../server/store/ports/forwards.ts';
import { pauseReasons } from '../../server/forwards/pause-reasons.ts';
import type { Services } from '../../server/services.ts';
import { printJson, printLine, printTable, showTime } from './print.ts';
import { readSecret } from './read-secret.ts';
import { readNumber } from './read-filter.ts';

interface JsonOption {
  readonly json?: boolean;
}
interface ListOptions extends JsonOption {
  readonly tenant?: number;
}
interface RotateOptions extends JsonOption {
  readonly secret?: string;
}
interface AddOptions extends RotateOptions {
  readonly hooks?: string;
}

type Room = Services['forwards'];

export function addForwardsCommands(program: Command, services: () => Promise<Services>): void {
  const forwards = program.command('forwards').description('a tenant’s own systems to which its events are forwarded');
  const room = async (): Promise<Room> => (await services()).forwards;

  forwards
    .command('list')
    .option('--tenant <id>', 'of this tenant', readNumber)
    .option('--json', 'for machines')
    .action(async (options: ListOptions) => list(await room(), options));

  forwards
    .command('add <tenant> <url>')
    .description('prints the secret that signs the messages: give it to the receiver. 20 per tenant at most')
    .option('--hooks <modcode/hook,…>', 'only these; all when left out')
    .option(
      '--secret <whsec_…>',
      'one that the receiver has already; - reads it from standard input, unseen by other users',
    )
    .option('--json', 'for machines')
    .action(async (tenant: string, url: string, options: AddOptions) => add(await room(), tenant, url, options));

  forwards
    .command('pause <id>')
    .description('events are kept for it until it is resumed')
    .option('--json', 'for machines')
    .action((id: string, options: JsonOption) =>
      act(id, options, 'is paused', async (forward) => (await room()).pause(forward)),
    );
  forwards
    .command('resume <id>')
    .option('--json', 'for machines')
    .action((id: string, options: JsonOption) =>
      act(id, options, 'is resumed', async (forward) => (await room()).resume(forward)),
    );
  forwards
    .command('remove <id>')
    .description('together with the events that still wait for it')
    .option('--json', 'for machines')
    .action((id: string, options: JsonOption) =>
      act(id, options, 'was removed', async (forward) => (await room()).remove(forward)),
    );

  forwards
    .command('rotate <id>')
    .description('makes a new secret; for 24 hours messages are signed by the old one too')
    .option('--secret <whsec_…>', 'this one; - reads it from standard input, unseen by other users')
    .option('--json', 'for machines')
    .action(async (id: string, options: RotateOptions) => rotate(await room(), id, options));

  forwards
    .command('test <id>')
    .description('sends one signed appconnect.test, and reports the result')
    .option('--json', 'for machines')
    .action(async (id: string, options: JsonOption) => test(await room(), id, options));
}

async function list(forwards: Room, { tenant, json }: ListOptions): Promise<void> {
  const found = await forwards.list(tenant);
  if (json === true) {
    printJson(found.map(toJson));
    return;
  }
  const rows = found.map((forward) => ({
    id: forward.id,
    tenant: forward.tenantId,
    url: forward.url,
    hooks: forward.hooks.join(', ') || 'all',
    paused: forward.paused === undefined ? '' : pauseReasons[forward.paused],
    'failing since': showTime(forward.failingSince),
  }));
  printTable(rows, 'There are no forwards.');
}

async function add(forwards: Room, tenant: string, url: string, { hooks, secret, json }: AddOptions): Promise<void> {
  const added = await forwards.add({
    tenantId: readNumber(tenant),
    url,
    ...(hooks !== undefined && { hooks: hooks.split(',').map((hook) => hook.trim()) }),
    ...(secret !== undefined && { secret: await readSecret(secret) }),
  });
  const shown = added.secrets[0]?.secret.reveal() ?? '';
  if (json === true) printJson({ ...toJson(added), secret: shown });
  else printLine(`Forward ${added.id} was added. Its secret: ${shown}`);
}

async function act(
  id: string,
  { json }: JsonOption,
  what: string,
  change: (id: number) => Promise<void>,
): Promise<void> {
  await change(readNumber(id));
  if (json === true) printJson({ id: readNumber(id), done: true });
  else printLine(`Forward ${id} ${what}.`);
}

async function rotate(forwards: Room, id: string, { secret, json }: RotateOptions): Promise<void> {
  const given = secret === undefined ? {} : { secret: await readSecret(secret) };
  const fresh = (await forwards.rotate(readNumber(id), given)).reveal();
  if (json === true) printJson({ id: readNumber(id), secret: fresh });
  else printLine(`The new secret of forward ${id}: ${fresh}`);
}

async function test(forwards: Room, id: string, { json }: JsonOption): Promise<void> {
  const posted = await forwards.test(readNumber(id));
  const fault = 'fault' in posted ? posted.fault : undefined;
  if (json === true) printJson({ id: readNumber(id), ok: fault === undefined, ...posted });
  if (fault !== undefined) throw new Refusal('upstream-broken', `The test did not arrive: ${fault}`);
  if (json !== true) printLine('The test arrived.');
}

function toJson({ id, tenantId, url, hooks, paused, failingSince }: Forward): object {
  return {
    id,
    tenantId,
    url,
    hooks,
    paused: paused ?? null,
    failingSince: failingSince === undefined ? null : showTime(failingSince),
  };
}
