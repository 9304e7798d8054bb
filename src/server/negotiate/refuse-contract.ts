import { Refusal } from '../errors.ts';
import type { Begun, Connections } from '../store/ports/connections.ts';
import type { Invitations } from '../store/ports/invitations.ts';

export interface ContractServices {
  readonly connections: Pick<Connections, 'findTenant'>;
  readonly invitations: Pick<Invitations, 'find'>;
  /** `contract` or `host/contract`; none: every contract. */
  readonly allowedContracts: readonly string[];
}

interface Named {
  readonly host: string;
  readonly contract: string;
}

/** Throws when the contract of a negotiate is not one that its link, or the operator at all, is for. */
export async function refuseContract(services: ContractServices, begun: Begun, given: Named): Promise<void> {
  const { host, contract } = given;
  const allowed = services.allowedContracts;
  if (allowed.length > 0 && !allowed.includes(contract) && !allowed.includes(`${host}/${contract}`))
    throw new Refusal('bad-request', 'This app is not for this contract: ALLOWED_CONTRACTS does not name it.');
  const link = await findLink(services, begun);
  const same = (link.host ?? host) === host && (link.contract ?? contract) === contract;
  if (same) return;
  const names = [link.contract && `contract ${link.contract}`, link.host && `a Microbizz at ${link.host}`];
  throw new Refusal(
    'bad-request',
    `The link that this connection was begun with is for ${names.filter(Boolean).join(' of ')} only.`,
  );
}

async function findLink(services: ContractServices, { reconnects, invitation }: Begun): Promise<Partial<Named>> {
  const found =
    reconnects === undefined
      ? invitation && (await services.invitations.find(invitation.id))
      : await services.connections.findTenant(reconnects);
  return {
    ...(found?.host !== undefined && { host: found.host }),
    ...(found?.contract !== undefined && { contract: found.contract }),
  };
}
