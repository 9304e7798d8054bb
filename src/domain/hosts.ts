import { BlockList, isIP } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  const version = isIP(bare);
  if (version !== 0) return loopback.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  return bare === 'localhost' || bare.endsWith('.localhost');
}

/**
 * Why `text` may not be used as the address of a Microbizz solution or endpoint; undefined when it may.
 * `allowed` holds host names and `*.domain` patterns (MICROBIZZ_HOSTS). Only `https`, unless the host is a loopback one that is named.
 */
export function refuseAddress(text: string, allowed: readonly string[]): string | undefined {
  if (text.length > 2048) return 'it is longer than 2048 characters';
  const url = URL.parse(text);
  if (url === null || url.hostname === '') return 'it is not a complete URL';
  if (url.username !== '' || url.password !== '') return 'it carries a user name or password';
  const named = allowed.includes(url.hostname);
  const matched = allowed.some((pattern) => pattern.startsWith('*.') && url.hostname.endsWith(pattern.slice(1)));
  if (isLoopback(url.hostname)) {
    if (!named) return `the host ${url.hostname} is this machine, and MICROBIZZ_HOSTS does not name it`;
    return /^https?:$/.test(url.protocol) ? undefined : 'it is neither http nor https';
  }
  if (url.protocol !== 'https:') return 'it is not https';
  return named || matched ? undefined : `the host ${url.hostname} is not one of MICROBIZZ_HOSTS`;
}
