import { isIP } from 'node:net';
import type { Lookup } from '../../microbizz/outbound/lookup-host.ts';
import { NameNotFound } from '../../microbizz/outbound/open-agent.ts';
import { refuseIp } from './refuse-ip.ts';

/** Why a URL may not be a destination: in a word, and as the end of a sentence. */
export interface Unfit {
  readonly kind: 'long' | 'incomplete' | 'not-https' | 'credentials' | 'private' | 'unknown-host';
  readonly says: string;
}

/** Which destinations a forward may have. */
export interface DestinationRules {
  /** True for a host that FORWARD_PRIVATE_HOSTS names: it may be anywhere, and speak plain http. `host` as in a URL, without the port. */
  isNamed(host: string, port: string): boolean;
  /** Why this URL may not be a destination, by its text alone; undefined when it may. */
  refuseUrl(text: string): Unfit | undefined;
  /** The same, and its host must have a public address now. Decides nothing for later: the address that is connected to is checked then. */
  refuseDestination(text: string): Promise<Unfit | undefined>;
}

const notHttps: Unfit = { kind: 'not-https', says: 'it is not https' };

export function buildDestinationRules(privateHosts: readonly string[], lookup: Lookup): DestinationRules {
  const named = new Set(privateHosts.map((host) => canonical(host)));
  const isNamed = (host: string, port: string): boolean => named.has(host) || named.has(`${host}:${port}`);

  function refuseUrl(text: string): Unfit | undefined {
    if (text.length > 2048) return { kind: 'long', says: 'it is longer than 2048 characters' };
    const url = URL.parse(text);
    if (url === null || url.hostname === '') return { kind: 'incomplete', says: 'it is not a complete URL' };
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return notHttps;
    if (url.username !== '' || url.password !== '')
      return { kind: 'credentials', says: 'it carries a user name or password' };
    if (isNamed(url.hostname, portOf(url))) return undefined;
    if (url.protocol !== 'https:') return notHttps;
    // The URL parser has already turned 0x7f.1, 127.1 and 2130706433 into 127.0.0.1, as it will for the connection.
    const address = bare(url.hostname);
    const kind = isIP(address) === 0 ? undefined : refuseIp(address);
    return kind === undefined ? undefined : { kind: 'private', says: notPublic(address, kind) };
  }

  return {
    isNamed,
    refuseUrl,
    async refuseDestination(text) {
      const refusal = refuseUrl(text);
      if (refusal !== undefined) return refusal;
      const url = new URL(text);
      if (isNamed(url.hostname, portOf(url)) || isIP(bare(url.hostname)) !== 0) return undefined;
      const addresses = await lookup(url.hostname).catch(
        (error: unknown) => new NameNotFound(url.hostname, error).code,
      );
      if (typeof addresses === 'string')
        return { kind: 'unknown-host', says: `its host cannot be found (${addresses})` };
      if (addresses.some((address) => refuseIp(address) === undefined)) return undefined;
      return { kind: 'private', says: noneOf(url.hostname, addresses) };
    },
  };
}

/** Says it of a host none of whose addresses is public. */
export function noneOf(host: string, addresses: readonly string[]): string {
  const [first] = addresses;
  return first === undefined ? `${host} has no address` : notPublic(host, refuseIp(first) ?? 'public');
}

export function notPublic(host: string, kind: string): string {
  return `${host} is not on the public internet (${kind}), and FORWARD_PRIVATE_HOSTS does not name it`;
}

export function portOf(url: URL): string {
  return url.port || (url.protocol === 'http:' ? '80' : '443');
}

/** An IPv6 address without the brackets that it has in a URL. */
export function bare(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}

/** As the URL parser writes it: lower case, and IPv6 in brackets and in its short form. */
function canonical(entry: string): string {
  const host = isIP(entry) === 6 ? `[${entry}]` : entry;
  const url = URL.parse(`https://${host}`);
  const port = /:(\d+)$/.exec(host.replace(/\[.*\]/, ''))?.[1];
  return `${url?.hostname ?? host}${port === undefined ? '' : `:${port}`}`;
}
