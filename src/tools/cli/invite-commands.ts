import type { Command } from 'commander';
import { refuseAddress } from '../../microbizz/domain/hosts.ts';
import { invitationLife, type Invitation } from '../../microbizz/domain/invitation.ts';
import { Refusal } from '../../server/errors.ts';
import type { Services } from '../../server/services.ts';
import { findTenant } from './find-tenant.ts';
import { printJson, printLine, printTable, showTime } from './print.ts';

interface Options {
  contract?: string;
  host?: string;
  tenant?: string;
  json?: boolean;
}

/** Links that connect a Microbizz. */
export function addInviteCommands(program: Command, services: () => Promise<Services>): void {
  const invite = program
    .command('invite')
    .description('prints a link, good for one connection within 7 days')
    .option('--contract <contract>', 'for this contract only')
    .option('--host <host>', 'for a Microbizz at this host only, such as system15.microbizz.dk; the link leads there')
    .option('--tenant <tenant>', 'reconnects this tenant: id, contract or host/contract')
    .option('--json', 'for machines')
    .action(async (options: Options) => {
      await makeInvitation(await services(), options);
    });
  invite
    .command('list')
    .description('the links and their state')
    .option('--json', 'for machines')
    .action(async (_options: Options, command: Command) => {
      const { store, now } = await services();
      const rows = (await store.invitations.list()).map((each) => describe(each, now()));
      if (command.optsWithGlobals<Options>().json === true) printJson(rows);
      else printTable(rows, 'There are no links. "invite" makes one.');
    });
  invite
    .command('take-back')
    .description('ends a link that was not used yet')
    .argument('<id>', 'as "invite list" shows it')
    .action(async (id: string) => {
      const { store, now } = await services();
      if (!(await store.invitations.takeBack(id, now())))
        throw new Refusal('not-found', `There is no unused link ${id}. The command "invite list" shows them.`);
      printLine(`The link ${id} is taken back.`);
    });
}

async function makeInvitation({ store, config, keyring, links, now }: Services, options: Options): Promise<void> {
  if (options.tenant !== undefined && (options.contract ?? options.host) !== undefined)
    throw new Refusal('bad-request', 'A tenant has a contract and a host: give --tenant alone.');
  const tenant =
    options.tenant === undefined ? undefined : findTenant(await store.connections.listTenants(), options.tenant);
  const contract = tenant?.contract ?? options.contract;
  const host =
    tenant?.host ?? (options.host === undefined ? undefined : readHost(options.host, config.MICROBIZZ_HOSTS));
  const id = keyring.newInstallationId();
  const expiresAt = now() + invitationLife;
  await store.invitations.add({ id, createdAt: now(), expiresAt, contract, host });
  const link = links.invite(id);
  if (options.json === true) printJson({ id, link, expires: showTime(expiresAt), contract, host });
  else printLine(link);
}

function readHost(text: string, allowed: readonly string[]): string {
  const refusals = ['https', 'http'].map((scheme) => refuseAddress(`${scheme}://${text}`, allowed));
  if (!/[/?#@\\]/.test(text) && refusals.includes(undefined)) return new URL(`http://${text}`).host.toLowerCase();
  throw new Refusal('bad-request', `The host "${text}" cannot be used: MICROBIZZ_HOSTS does not allow it.`);
}

function describe(invitation: Invitation, now: number) {
  const { id, createdAt, expiresAt, contract = '', host = '', usedBy, takenBackAt } = invitation;
  const over = expiresAt <= now ? 'expired' : 'unused';
  const state = takenBackAt !== undefined ? 'taken back' : usedBy !== undefined ? 'used' : over;
  return {
    id,
    state,
    made: showTime(createdAt),
    expires: showTime(expiresAt),
    contract,
    host,
    installation: usedBy ?? '',
  };
}
