import { isIP } from 'node:net';
import type { Dispatcher } from 'undici';
import type { Lookup } from '../../microbizz/outbound/lookup-host.ts';
import { NameNotFound, openAgent, systemLookup } from '../../microbizz/outbound/open-agent.ts';
import { noneOf, type DestinationRules } from './destination-rules.ts';
import { refuseIp } from './refuse-ip.ts';

/** The connection was refused by us. The message says why, and may be shown. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

/**
 * Connections that end on the public internet, or at a named host. The name is looked up once per connection: the address that is checked
 * is the one connected to, so a DNS that says something else a moment later changes nothing. A kept connection was checked when it was opened.
 */
export function openGuardedAgent(rules: DestinationRules, lookup: Lookup): Promise<Dispatcher> {
  return openAgent(async (host, port) => {
    const kind = isIP(host);
    if (rules.isNamed(kind === 6 ? `[${host}]` : host, port)) return kind === 0 ? systemLookup(host) : [host];
    return findPublic(host, kind === 0 ? lookup : (address) => Promise.resolve([address]));
  });
}

/** The addresses of a host that may be connected to. */
export async function findPublic(host: string, lookup: Lookup): Promise<string[]> {
  const addresses = await lookup(host).catch((error: unknown) => {
    throw new NameNotFound(host, error);
  });
  const open = addresses.filter((address) => refuseIp(address) === undefined);
  if (open.length > 0) return open;
  throw new AddressRefused(noneOf(host, addresses));
}
