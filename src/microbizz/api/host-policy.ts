import { setTimeout as pause } from 'node:timers/promises';
import { hostIn, type Answered } from './call-result.ts';

export interface HostLimits {
  /** Failures in a row after which a host is left alone, and milliseconds for which it is. */
  readonly breakAfter: number;
  readonly breakFor: number;
  /** Requests of all tenants to one host in a minute. So many may also go at once; what exceeds them waits for its turn. */
  readonly perMinute: number;
}

/** How one host of Microbizz is treated, which all its tenants share. Times are `performance.now()`: no clock that is set moves them. */
export interface HostPolicy {
  /** Sends, in its turn, unless the host rests. `signal` ends the wait for the turn. */
  send(request: () => Promise<Answered>, signal: AbortSignal): Promise<Answered>;
  /** Milliseconds for which nothing is sent; 0 when it does not rest. */
  rests(): number;
}

/** Milliseconds that a `Retry-After` is obeyed for at most: a wrong one must not end everything for a year. */
const longestRest = 3_600_000;
/** Milliseconds that a request waits for its turn at most. */
const longestWait = 30_000;
/** Milliseconds in which others look again whether the one that tries the host has succeeded. */
const trialTime = 1000;

export function buildHostPolicy({ breakAfter, breakFor, perMinute }: HostLimits): HostPolicy {
  const between = 60_000 / perMinute;
  let failures = 0;
  let restsUntil = 0;
  let reason: string | undefined;
  let trying = false;
  /** When the next request would be sent if they came evenly. */
  let turn = -Infinity;

  function rest(time: number, why: string): void {
    restsUntil = performance.now() + time;
    reason = why;
  }
  function note(answered: Answered): void {
    const host = hostIn(answered);
    if (host === 'unknown') return;
    if (host === 'answers') {
      failures = 0;
      reason = undefined;
      return;
    }
    failures += 1;
    const asked = 'kind' in answered ? answered.retryAfter : undefined;
    if (asked !== undefined) {
      const time = Math.min(asked, longestRest);
      rest(time, `Microbizz asked to be left alone for ${Math.ceil(time / 1000)} seconds`);
    } else if (failures >= breakAfter) {
      rest(
        breakFor,
        `Microbizz did not answer ${failures} times in a row, and is left alone for ${breakFor / 1000} seconds`,
      );
    }
  }
  function rests(): number {
    if (reason === undefined) return 0;
    return trying ? trialTime : Math.max(0, restsUntil - performance.now());
  }
  /** Milliseconds until the next turn, which is taken; undefined when that is too far away. */
  function takeTurn(): number | undefined {
    const now = performance.now();
    const next = Math.max(turn, now - 60_000) + between;
    if (next - now > longestWait) return undefined;
    turn = next;
    return Math.max(0, next - now);
  }

  return {
    rests,
    async send(request, signal) {
      const wait = rests() === 0 ? takeTurn() : 0;
      if (wait === undefined)
        return { kind: 'resting', reason: `Microbizz is sent ${perMinute} requests a minute at most` };
      if (wait > 0 && !(await pause(wait, true, { signal }).catch(() => false)))
        return { kind: 'aborted', reason: 'The call was given up before it was sent' };
      // After the wait: meanwhile others may have failed.
      if (reason !== undefined && rests() > 0) return { kind: 'resting', reason };
      // After a rest one goes first, and the others see how it fares.
      const tries = reason !== undefined;
      trying ||= tries;
      try {
        const answered = await request();
        note(answered);
        return answered;
      } finally {
        if (tries) trying = false;
      }
    },
  };
}
