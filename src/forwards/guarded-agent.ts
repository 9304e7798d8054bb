import { isIP, type LookupFunction } from 'node:net';
import type { Dispatcher } from 'undici';
import { noneOf, notPublic, type DestinationRules } from './destination-rules.ts';
import type { Lookup } from './lookup-host.ts';
import { refuseIp } from './refuse-ip.ts';

/** The connection was refused by us. The message says why, and may be shown. */
export class AddressRefused extends Error {
  override name = 'AddressRefused';
}

/** Milliseconds for DNS, TCP and TLS together. */
const connectTime = 10_000;

/**
 * Connections that end on the public internet, or at a named host. The name is looked up once a connection: what is checked is what is
 * connected to, so a DNS that says something else a moment later changes nothing. A kept connection was checked when it was opened.
 * No proxy and no HTTP/2: with either, more than one message would hang on one connection.
 */
export async function openGuardedAgent(rules: DestinationRules, lookup: Lookup): Promise<Dispatcher> {
  // undici takes a third of the start-up time (bench/), and many servers have no forward.
  const { Agent, buildConnector } = await import('undici');
  const limits = { timeout: connectTime, allowH2: false };
  const toNamed = buildConnector(limits);
  const toPublic = buildConnector({ ...limits, lookup: guard(lookup) });

  return new Agent({
    connect(options, callback) {
      // undici hands over an IPv6 address without its brackets.
      const { hostname: host } = options;
      const port = options.port || (options.protocol === 'http:' ? '80' : '443');
      if (rules.isNamed(isIP(host) === 6 ? `[${host}]` : host, port)) {
        toNamed(options, callback);
        return;
      }
      // Node asks no lookup about what is an address already.
      const kind = isIP(host) === 0 ? undefined : refuseIp(host);
      if (kind !== undefined) {
        callback(new AddressRefused(notPublic(host, kind)), null);
        return;
      }
      toPublic(options, (...[error, socket]) => {
        if (error !== null) {
          callback(error, null);
          return;
        }
        // Belt and braces: whatever way led here, nothing is said to an address that may not be.
        const remote = refuseIp(socket.remoteAddress ?? '');
        if (remote === undefined) callback(null, socket);
        else {
          socket.destroy();
          callback(new AddressRefused(notPublic(host, remote)), null);
        }
      });
    },
  });
}

/** Node's lookup, that answers only with addresses that may be connected to. */
export function guard(lookup: Lookup): LookupFunction {
  return (host, { all }, callback) => {
    lookup(host).then(
      (addresses) => {
        const open = addresses.filter((address) => refuseIp(address) === undefined);
        const [first] = open;
        if (first === undefined) callback(new AddressRefused(noneOf(host, addresses)), '', 0);
        else if (all === true)
          callback(
            null,
            open.map((address) => ({ address, family: isIP(address) })),
          );
        else callback(null, first, isIP(first));
      },
      (error: unknown) => {
        callback(error as NodeJS.ErrnoException, '', 0);
      },
    );
  };
}
