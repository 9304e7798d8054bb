import { ADDRCONFIG } from 'node:dns';
import { lookup as lookUpBySystem } from 'node:dns/promises';
import { isIP, type Socket } from 'node:net';
import type { Agent } from 'undici';
import { messageOf } from '../domain/message-of.ts';
import { dial, timedOut } from './dial.ts';
import type { Lookup } from './lookup-host.ts';

/** Milliseconds for name, TCP and TLS together. undici notices no signal before there is a connection. */
const connectTime = 10_000;

/** The message may be shown. */
export class NameNotFound extends Error {
  override name = 'NameNotFound';
  readonly code: string;

  constructor(host: string, fault: unknown) {
    const code = (fault as NodeJS.ErrnoException).code ?? messageOf(fault);
    super(`the name ${host} could not be found: ${code}`);
    this.code = code;
  }
}

/** As everything else on this machine finds a host: by /etc/hosts and the DNS. For hosts that the operator named, which are few. */
export const systemLookup: Lookup = async (host) => {
  if (isIP(host) !== 0) return [host];
  const found = await lookUpBySystem(host, { all: true, hints: ADDRCONFIG }).catch((error: unknown) => {
    throw new NameNotFound(host, error);
  });
  return found.map(({ address }) => address);
};

/**
 * Keeps connections to other hosts. `find` answers the addresses of a host that may be connected to, and only those are used; it
 * is asked once per connection, also about addresses (IPv6 without its brackets). There is no limit of connections: one that hangs
 * costs no other request its place. No proxy and no HTTP/2: with either, several messages would depend on one connection.
 */
export async function openAgent(
  find: (host: string, port: string) => Promise<string[]>,
  options: Omit<Agent.Options, 'connect'> = {},
): Promise<Agent> {
  // undici takes a third of the start-up time (bench/).
  const { Agent: Kept, buildConnector } = await import('undici');
  const secure = buildConnector({ timeout: connectTime, allowH2: false });

  async function open(host: string, port: string, deadline: AbortSignal): Promise<Socket> {
    const found = await Promise.race([find(host, port), rejectAt(deadline)]);
    return dial(found, Number(port), deadline);
  }
  return new Kept({
    ...options,
    connect(wanted, callback) {
      const isPlain = wanted.protocol === 'http:';
      const deadline = new AbortController();
      const timer = setTimeout(() => {
        deadline.abort();
      }, connectTime);
      const end: typeof callback = (...ended) => {
        clearTimeout(timer);
        callback(...ended);
      };
      open(wanted.hostname, wanted.port || (isPlain ? '80' : '443'), deadline.signal).then(
        (socket) => {
          if (isPlain) {
            end(null, socket);
            return;
          }
          deadline.signal.addEventListener('abort', () => void socket.destroy(timedOut()));
          secure({ ...wanted, httpSocket: socket }, end);
        },
        (error: unknown) => {
          end(error as Error, null);
        },
      );
    },
  });
}

function rejectAt(deadline: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    deadline.addEventListener('abort', () => {
      reject(timedOut());
    });
  });
}
