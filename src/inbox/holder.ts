import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Names this process in its leases: `host:pid:random`. */
export function newHolder(): string {
  return `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`;
}

/**
 * True when the holder's process has certainly ended: it ran on this host, and its pid is free, or is ours while the holder is not us
 * (in a container every start has the same pid). Of another host nothing is known: its leases run out by themselves.
 */
export function isGone(holder: string, self: string): boolean {
  const [host, pid] = holder.split(':');
  if (holder === self || host !== hostname()) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
