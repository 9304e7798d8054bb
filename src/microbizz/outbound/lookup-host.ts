import { Resolver } from 'node:dns/promises';
import { setTimeout as pause } from 'node:timers/promises';

/** All addresses of a host name, IPv4 first. Rejects when none can be found, with the DNS's own word for it as `code`. */
export type Lookup = (host: string) => Promise<string[]>;

/** Milliseconds that the other kind of address may still take once there are some: there are name servers that never answer AAAA. */
const grace = 300;
/** Milliseconds for a name: the third of three name servers is asked after four seconds. */
const patience = 8000;

function openResolver(): Resolver {
  return new Resolver({ timeout: 2000, tries: 2 });
}

/**
 * Asks the DNS itself and not the system's getaddrinfo: that runs on two threads of the process, and two names whose servers are silent
 * would keep all other destinations waiting. The rest of getaddrinfo's work is done here: the system's name servers are read again for
 * each name (40 µs), because a resolver knows only those of the time when it was made; while they are the same it is kept, because it
 * remembers which of them are silent. Names of /etc/hosts are private ones, and go through FORWARD_PRIVATE_HOSTS.
 */
export function buildLookup(open = openResolver): Lookup {
  let resolver = open();
  const running = new Map<string, Promise<string[]>>();

  function current(): Resolver {
    const fresh = open();
    if (fresh.getServers().join() !== resolver.getServers().join()) resolver = fresh;
    return resolver;
  }
  return (host) => {
    const known = running.get(host);
    if (known !== undefined) return known;
    const asked = ask(current(), host).finally(() => running.delete(host));
    running.set(host, asked);
    return asked;
  };
}

async function ask(resolver: Resolver, host: string): Promise<string[]> {
  const kinds: [string[], string[]] = [[], []];
  const answers = [
    resolver.resolve4(host).then((found) => (kinds[0] = found)),
    resolver.resolve6(host).then((found) => (kinds[1] = found)),
  ];
  const ending = new AbortController();
  const after = (ms: number): Promise<void> => pause(ms, undefined, { signal: ending.signal, ref: false });
  try {
    const first = Promise.any(answers);
    await Promise.race([first, after(patience).then(() => Promise.reject(nameError('ETIMEOUT')))]);
    await Promise.race([Promise.allSettled(answers), after(grace)]);
  } catch (error) {
    // One kind may rightly be missing (ENODATA): then the error of the other is used.
    const faults = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
    throw faults.find((fault) => (fault as NodeJS.ErrnoException).code !== 'ENODATA') ?? faults[0];
  } finally {
    ending.abort();
  }
  return kinds.flat();
}

function nameError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code });
}
