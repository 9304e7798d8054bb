import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * The place in which pids have our meaning: this start of this machine, and this namespace of pids. Containers on one machine may share its
 * name and still have the same pids. Where the system does not say (only Linux has /proc), no two places are the same.
 */
const place = findPlace();
const started = startOf(process.pid);

/** Names this process in its leases: `place:pid:start:random`. */
export function newHolder(): string {
  return `${place}:${process.pid}:${started ?? ''}:${randomBytes(4).toString('hex')}`;
}

/**
 * True when the holder's process has certainly ended: it ran in our place, and its pid is free, or now belongs to another process. Nothing
 * is known about other places: their leases run out by themselves (watch-leases.ts).
 */
export function isGone(holder: string, self: string): boolean {
  const [where, pid, start] = holder.split(':');
  if (holder === self || where !== place) return false;
  if (Number(pid) === process.pid) return start !== started;
  const now = startOf(Number(pid));
  if (now !== undefined) return /^\d+$/.test(start ?? '') && start !== now;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function findPlace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return [hostname(), boot, readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')].join('.');
  } catch {
    return `${hostname()}.${randomBytes(8).toString('hex')}`;
  }
}

/** When a process began, in the clock ticks of its machine: a pid is given again, a pid and its beginning are not. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name, in brackets, and may hold blanks and brackets: the rest comes after the last one.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
