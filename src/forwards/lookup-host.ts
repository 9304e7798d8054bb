import { Resolver } from 'node:dns/promises';

/** All addresses of a host name, IPv4 first. Rejects when there are none to be found. */
export type Lookup = (host: string) => Promise<string[]>;

/**
 * Asks the DNS itself and not the system's getaddrinfo: that runs on two threads of the process, and two dead name servers would keep
 * all other destinations waiting. Names of /etc/hosts are private ones, and go through FORWARD_PRIVATE_HOSTS (guarded-agent.ts).
 */
export function buildLookup(): Lookup {
  const resolver = new Resolver({ timeout: 2000, tries: 2 });
  return async (host) => {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [refused] = answers.filter((answer) => answer.status === 'rejected');
    if (addresses.length === 0) throw new Error((refused?.reason as NodeJS.ErrnoException | undefined)?.code ?? 'none');
    return addresses;
  };
}
