import pg from 'pg';
import { Refusal } from '../../errors.ts';

/** Two transactions that stopped each other: the one that was ended may simply begin again. */
const collisions = new Set(['40001', '40P01']);

/**
 * The database is not there, going away, full, somebody else's to write, or too slow: by SQLSTATE
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html), its class or itself.
 */
const unavailable = /^(08|53|57P0[1-5]|57014|55P03|25006|25P03)/;

/** The client's own errors when it has lost the connection, or got none. */
const lost = /^(Connection terminated|timeout exceeded|Query read timeout|Client (has|was)|Cannot use a pool)/;

export function isCollision(error: unknown): boolean {
  return error instanceof pg.DatabaseError && collisions.has(error.code ?? '');
}

/** The error as the port promises it: `unavailable` where later may help, anything else as it is. */
export function asRefusal(error: unknown): unknown {
  if (!(error instanceof Error) || !mayPass(error)) return error;
  return new Refusal('unavailable', 'The database cannot be reached, or takes nothing now. Try again later.', {
    cause: error,
  });
}

function mayPass(error: Error): boolean {
  if (error instanceof pg.DatabaseError) return unavailable.test(error.code ?? '') || isCollision(error);
  return lost.test(error.message) || ('code' in error && 'syscall' in error) || error instanceof AggregateError;
}
