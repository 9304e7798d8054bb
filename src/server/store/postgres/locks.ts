/**
 * Advisory locks (https://www.postgresql.org/docs/current/explicit-locking.html), each held until its transaction is over, which is behind
 * its commit: whoever has got one sees all that was done under it. Who takes several takes them in this order.
 */
export const locks = {
  /** What makes an installation, or makes it a tenant's: who it would become must not change meanwhile. */
  tenants: 12,
  /** What counts what is parked, and parks something. */
  parking: 11,
  /** What changes handlings: whoever holds it is the only one who looks at lanes and changes them. */
  steps: 8,
  /** What writes changes for the pages, and what takes events away. */
  changes: 10,
  /** What draws ids of events (inbox/append.ts). */
  events: 7,
  /** What brings the tables up to date. */
  migrations: 9,
} as const;

/** The second number is that of a part of the tenants: there is one part. */
export const take = (lock: keyof typeof locks): string => `pg_advisory_xact_lock(${locks[lock]}, 0)`;
