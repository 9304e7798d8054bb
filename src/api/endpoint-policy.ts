import type { IPolicy } from 'cockatiel';
import type { Reading } from './envelope.ts';

export interface Limits {
  /** Requests of one tenant at the same time. */
  readonly inFlight: number;
  /** Times that what may be sent again is sent. */
  readonly attempts: number;
  /** Milliseconds to the second attempt, about; later ones wait longer. */
  readonly firstPause: number;
  /** Failures in a row after which an endpoint is left alone, and milliseconds for which it is. */
  readonly breakAfter: number;
  readonly breakFor: number;
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
  answer: 32 * 1024 * 1024,
  probeEvery: 60_000,
};

/** Runs a request by the manners towards one endpoint. `again`: it may be sent more than once. */
export type Mannerly = (request: () => Promise<Reading>, again: boolean, signal: AbortSignal) => Promise<Reading>;

/** The endpoint did not answer, or with something that is no answer of Microbizz. */
export function isOutage({ kind }: Reading): boolean {
  return kind === 'unreachable' || kind === 'slow' || kind === 'broken';
}

/** cockatiel is loaded at the first call, as undici is: it takes 17 ms, and events are taken without it. */
export async function openPolicy(limits: Limits): Promise<Mannerly> {
  const { bulkhead, circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleWhenResult, retry, wrap } =
    await import('cockatiel');
  const { BrokenCircuitError, TaskCancelledError } = await import('cockatiel');
  const slots = bulkhead(limits.inFlight, Infinity);
  const breaker = circuitBreaker(
    handleWhenResult((reading) => isOutage(reading as Reading)),
    { halfOpenAfter: limits.breakFor, breaker: new ConsecutiveBreaker(limits.breakAfter) },
  );
  // Who was too slow once has used up the caller's time.
  const retries = retry(
    handleWhenResult((reading) => ['unreachable', 'broken'].includes((reading as Reading).kind)),
    { maxAttempts: limits.attempts - 1, backoff: new ExponentialBackoff({ initialDelay: limits.firstPause }) },
  );
  const once: IPolicy = wrap(slots, breaker);
  const often: IPolicy = wrap(retries, slots, breaker);

  const unsent = { kind: 'aborted', reason: 'The call was given up before it was sent' } as const;
  return async (request, again, signal) => {
    let inFlight = false;
    async function track(): Promise<Reading> {
      inFlight = true;
      return request().finally(() => {
        inFlight = false;
      });
    }
    try {
      const ended = (again ? often : once).execute(track, signal);
      // cockatiel looks at the signal again only when it comes to the call: behind slow ones that is long after.
      return await beforeAbort(ended, signal, () => (inFlight ? undefined : unsent));
    } catch (error) {
      if (error instanceof TaskCancelledError) return unsent;
      if (!(error instanceof BrokenCircuitError)) throw error;
      const reason = `Microbizz did not answer ${limits.breakAfter} times in a row, and is left alone for ${limits.breakFor / 1000} seconds`;
      return { kind: 'resting', reason };
    }
  };
}

/** What `onAbort` answers, if it answers, takes the place of the end that is waited for. */
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
