import { connect, isIPv6, type Socket } from 'node:net';

/** Milliseconds after which the next address is tried beside those that have not answered yet (RFC 8305, "Happy Eyeballs"). */
const stagger = 300;
/** Addresses of one name that are tried: its owner may answer with hundreds. */
const most = 10;

/**
 * Connects to the first address that accepts the connection. A slow one is not given up for the next, as Node does after 250 ms: all
 * that were begun go on until one of them is connected, or `signal` ends it. An attempt that fails at once (no IPv6 here) costs no time.
 */
export function dial(addresses: readonly string[], port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const waiting = alternate(addresses).slice(0, most);
    const running = new Set<Socket>();
    const faults: Error[] = [];
    let timer: NodeJS.Timeout | undefined;

    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      waiting.length = 0;
      for (const socket of running) socket.destroy();
    }
    function giveUp(): void {
      end();
      reject(timedOut());
    }
    function next(): void {
      clearTimeout(timer);
      const address = waiting.shift();
      if (address !== undefined) {
        begin(address);
        timer = setTimeout(next, stagger);
      } else if (running.size === 0) {
        end();
        reject(new AggregateError(faults, 'No address took the connection'));
      }
    }
    function begin(address: string): void {
      const socket = connect({ host: address, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 });
      function fail(fault: Error): void {
        running.delete(socket);
        faults.push(fault);
        next();
      }
      running.add(socket);
      socket.once('error', fail);
      socket.once('connect', () => {
        running.delete(socket);
        socket.off('error', fail);
        end();
        resolve(socket);
      });
    }

    signal.addEventListener('abort', giveUp);
    if (signal.aborted) giveUp();
    else next();
  });
}

export function timedOut(): NodeJS.ErrnoException {
  return Object.assign(new Error('There was no connection in time'), { code: 'ETIMEDOUT' });
}

/** The kinds by turns, beginning with that of the first: a network may have lost one of them. */
function alternate(addresses: readonly string[]): string[] {
  const first = isIPv6(addresses[0] ?? '');
  const same = addresses.filter((address) => isIPv6(address) === first);
  const other = addresses.filter((address) => isIPv6(address) !== first);
  return Array.from({ length: Math.max(same.length, other.length) }, (_, at) => [same[at], other[at]])
    .flat()
    .filter((address) => address !== undefined);
}
