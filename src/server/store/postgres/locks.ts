/**
 * Advisory locks (https://www.postgresql.org/docs/current/explicit-locking.html), each held until its transaction is over, which is behind
 * its commit: the holder of one sees all that was done under it. A transaction that takes several takes them in this order.
 */
export const locks = {
  /** For making an installation, or making it a tenant's: the tenant that it would become must not change meanwhile. */
  tenants: 12,
  /** For counting parked events, and parking one. */
  parking: 11,
  /** For changing handlings: only its holder reads lanes and changes them. */
  steps: 8,
  /** For writing changes for the pages, and for removing events. */
  changes: 10,
  /** For drawing ids of events (inbox/append.ts). */
  events: 7,
  /** For bringing the tables up to date. */
  migrations: 9,
} as const;

/** The second number is that of a part of the tenants: there is one part. */
export const take = (lock: keyof typeof locks): string => `pg_advisory_xact_lock(${locks[lock]}, 0)`;
