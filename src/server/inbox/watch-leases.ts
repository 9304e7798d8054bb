import { isGone } from './holder.ts';

/**
 * Finds the leases that have no holder any more: those of processes that are certainly gone, and those that this process has seen, unchanged,
 * for longer than a handling may take. Measured by a clock that nobody sets: changes of the time of day end no lease.
 *
 * @param elapsed milliseconds of a clock that only rises
 * @param longest milliseconds that a lease is held at most by a process that lives
 */
export function buildLeaseWatch(
  self: string,
  { elapsed, longest }: { elapsed: () => number; longest: number },
): (leases: readonly string[]) => string[] {
  let seen = new Map<string, number>();
  return (leases) => {
    const at = elapsed();
    const others = leases.map((lease) => ({ lease, holder: lease.slice(0, lease.indexOf('/')) }));
    const before = seen;
    seen = new Map(others.map(({ lease }) => [lease, before.get(lease) ?? at]));
    return others
      .filter(({ holder }) => holder !== self)
      .filter(({ lease, holder }) => isGone(holder, self) || at - (seen.get(lease) ?? at) > longest)
      .map(({ lease }) => lease);
  };
}
