import type { IPolicy } from 'cockatiel';
import { meaningOf, type Answered } from './call-result.ts';
import type { HostLimits, HostPolicy } from './host-policy.ts';

export interface Limits extends HostLimits {
  /** Requests of one tenant at the same time. */
  readonly inFlight: number;
  /** How many times a command that may be repeated is sent. */
  readonly attempts: number;
  /** Milliseconds to the second attempt, about; later ones wait longer. */
  readonly firstPause: number;
  /** Bytes of answer: documents come with their thumbnails. */
  readonly answer: number;
  /** Milliseconds between two Echoes with a token that was refused. */
  readonly probeEvery: number;
}

export const usualLimits: Limits = {
  inFlight: 4,
  attempts: 3,
  firstPause: 250,
  breakAfter: 5,
  breakFor: 10_000,
  perMinute: 3000,
  answer: 32 * 1024 * 1024,
  probeEvery: 60_000,
};

/** Sends within the limits of one tenant, and its host's. `retriable`: it may be sent more than once. */
export type TenantPolicy = (
  host: HostPolicy,
  request: () => Promise<Answered>,
  retriable: boolean,
  signal: AbortSignal,
) => Promise<Answered>;

/** cockatiel is loaded at the first call, as undici is: it takes 17 ms, and events are accepted without it. */
export async function openPolicy(limits: Limits): Promise<TenantPolicy> {
  const { bulkhead, ExponentialBackoff, handleWhenResult, retry, TaskCancelledError, wrap } = await import('cockatiel');
  const slots = bulkhead(limits.inFlight, Infinity);
  const retries = retry(handleWhenResult(isWorthAnother), {
    maxAttempts: limits.attempts - 1,
    backoff: new ExponentialBackoff({ initialDelay: limits.firstPause }),
  });
  const often: IPolicy = wrap(retries, slots);

  const unsent = { kind: 'aborted', reason: 'The call was given up before it was sent' } as const;
  return async (host, request, retriable, signal) => {
    let inFlight = false;
    async function track(): Promise<Answered> {
      inFlight = true;
      return host.send(request, signal).finally(() => {
        inFlight = false;
      });
    }
    try {
      const ended = (retriable ? often : slots).execute(track, signal);
      // cockatiel checks the signal again only when it comes to the call: behind slow ones that is long after.
      return await beforeAbort(ended, signal, () => (inFlight ? undefined : unsent));
    } catch (error) {
      if (error instanceof TaskCancelledError) return unsent;
      throw error;
    }
  };
}

function isWorthAnother(answered: unknown): boolean {
  const ended = answered as Answered;
  return 'kind' in ended && meaningOf(ended).again === true;
}

/** If `onAbort` answers anything, that replaces the result that is waited for. */
async function beforeAbort<T>(ended: Promise<T>, signal: AbortSignal, onAbort: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    function giveUp(): void {
      const instead = onAbort();
      if (instead !== undefined) resolve(instead);
    }
    signal.addEventListener('abort', giveUp);
    ended.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', giveUp);
    });
  });
}
