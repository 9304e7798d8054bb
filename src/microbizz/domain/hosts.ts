import { BlockList, isIPv4, isIPv6 } from 'node:net';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

export function isLoopback(hostname: string): boolean {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIPv4(bare)) return loopback.check(bare, 'ipv4');
  // Asked only where there is a colon: the first time costs a start 5 ms.
  if (bare.includes(':') && isIPv6(bare)) return loopback.check(bare, 'ipv6');
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
    if (!/^https?:$/.test(url.protocol)) return 'it is neither http nor https';
  }
  // A URL's host may hold ; ' * and more, which mean something else where it is written next, such as a page's policy of frames.
  if (!/^[a-z0-9.-]+$/.test(url.hostname)) return 'the host has other characters than letters, digits, dots and -';
  if (isLoopback(url.hostname)) return undefined;
  if (url.protocol !== 'https:') return 'it is not https';
  return named || matched ? undefined : `the host ${url.hostname} is not one of MICROBIZZ_HOSTS`;
}

/** Folders and a PHP file. Only `/api/endpoint.php` is documented ("normally", wiki 20250891), and Microbizz is PHP. */
const endpointPath = /^(?:\/+[\w.~-]+)*\/+[\w-]+\.php$/;

/**
 * Why `text` may not be used as a command API's endpoint. Beyond the rules for addresses it must have no part in which somebody could
 * put words: with `json` in the query, an answer to that person's envelope would look like one to ours.
 */
export function refuseEndpoint(text: string, allowed: readonly string[]): string | undefined {
  const refusal = refuseAddress(text, allowed);
  if (refusal !== undefined) return refusal;
  if (/[?#]/.test(text)) return 'it has a query or a fragment';
  return endpointPath.test(new URL(text).pathname) ? undefined : 'its path is not one of a Microbizz API';
}
