import { setTimeout as pause } from 'node:timers/promises';
import { hostIn, type Answered } from './call-result.ts';

export interface HostLimits {
  /** Failures in a row after which a host is left alone, and milliseconds for which it is. */
  readonly breakAfter: number;
  readonly breakFor: number;
  /** Requests of all tenants to one host in a minute. So many may also go at once; further requests wait for their turn. */
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
/** Milliseconds after which others check again whether the one that tries the host has succeeded. */
const trialTime = 1000;

interface HostState {
  readonly limits: HostLimits;
  failures: number;
  restsUntil: number;
  /** Why it rests; undefined when it does not. */
  reason: string | undefined;
  /** Somebody tries whether it answers again. */
  trying: boolean;
  /** When the next request would be sent if they came evenly. */
  turn: number;
}

export function buildHostPolicy(limits: HostLimits): HostPolicy {
  const host: HostState = {
    limits,
    failures: 0,
    restsUntil: 0,
    reason: undefined,
    trying: false,
    turn: -Infinity,
  };
  return {
    rests: () => rests(host),
    send: (request, signal) => send(host, request, signal),
  };
}

async function send(host: HostState, request: () => Promise<Answered>, signal: AbortSignal): Promise<Answered> {
  const wait = rests(host) === 0 ? takeTurn(host) : 0;
  if (wait === undefined)
    return { kind: 'resting', reason: `Microbizz is sent ${host.limits.perMinute} requests a minute at most` };
  if (wait > 0 && !(await pause(wait, true, { signal }).catch(() => false)))
    return { kind: 'aborted', reason: 'The call was given up before it was sent' };
  // After the wait: meanwhile others may have failed.
  if (host.reason !== undefined && rests(host) > 0) return { kind: 'resting', reason: host.reason };
  // After a rest one goes first, and the others see how it fares.
  const tries = host.reason !== undefined;
  host.trying ||= tries;
  try {
    const answered = await request();
    note(host, answered);
    return answered;
  } finally {
    if (tries) host.trying = false;
  }
}

function rests({ reason, trying, restsUntil }: HostState): number {
  if (reason === undefined) return 0;
  return trying ? trialTime : Math.max(0, restsUntil - performance.now());
}

/** Takes the next turn, and answers the milliseconds until then; undefined when that is too far away. */
function takeTurn(host: HostState): number | undefined {
  const now = performance.now();
  const next = Math.max(host.turn, now - 60_000) + 60_000 / host.limits.perMinute;
  if (next - now > longestWait) return undefined;
  host.turn = next;
  return Math.max(0, next - now);
}

function note(host: HostState, answered: Answered): void {
  const what = hostIn(answered);
  if (what === 'unknown') return;
  if (what === 'answers') {
    host.failures = 0;
    host.reason = undefined;
    return;
  }
  host.failures += 1;
  const { failures, limits } = host;
  const asked = 'kind' in answered ? answered.retryAfter : undefined;
  if (asked !== undefined) {
    const time = Math.min(asked, longestRest);
    rest(host, time, `Microbizz asked to be left alone for ${Math.ceil(time / 1000)} seconds`);
  } else if (failures >= limits.breakAfter) {
    const time = limits.breakFor;
    rest(
      host,
      time,
      `Microbizz did not answer ${failures} times in a row, and is left alone for ${time / 1000} seconds`,
    );
  }
}

function rest(host: HostState, time: number, why: string): void {
  host.restsUntil = performance.now() + time;
  host.reason = why;
}
