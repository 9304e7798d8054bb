import type { Agent, Dispatcher } from 'undici';
import { readBody } from '../domain/read-body.ts';
import { codeOf } from '../outbound/code-of.ts';
import { openAgent, systemLookup } from '../outbound/open-agent.ts';
import { readRetryAfter } from '../outbound/read-retry-after.ts';

export type Posted =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly body: string;
      /** Milliseconds for which it asks to be left alone; undefined when it does not. */
      readonly retryAfter: number | undefined;
    }
  | Unanswered;

/** `large`: the answer was given up at the limit. `aborted`: by the caller's own signal. `resting`: not tried, see endpoint-policy. */
export interface Unanswered {
  readonly kind: 'unreachable' | 'slow' | 'large' | 'aborted' | 'resting';
  readonly reason: string;
}

export interface PostOptions {
  /** Milliseconds for the whole request. */
  readonly timeout: number;
  /** Bytes of answer that are read at most. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
  readonly dispatcher?: Dispatcher | undefined;
}

/** For all calls that have no agent of their own. undici's own one leaves an address that is 250 ms away for the next. */
let shared: Promise<Dispatcher> | undefined;

export function openMicrobizzAgent(): Promise<Agent> {
  return openAgent(systemLookup, { keepAliveTimeout: 10_000 });
}

/** POSTs form field `json`, urlencoded, UTF-8. Never throws. Redirects are not followed: the token goes to the endpoint or nowhere. */
export async function postForm(url: string, json: string, options: PostOptions): Promise<Posted> {
  const { timeout, limit } = options;
  // undici takes a third of the start-up time (bench/), and the server can answer its first event without it.
  const { request } = await import('undici');
  const deadline = AbortSignal.timeout(timeout);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: `json=${encodeURIComponent(json)}`,
      signal,
      dispatcher: options.dispatcher ?? (await (shared ??= openMicrobizzAgent())),
    });
    const body = await readBody(answer.body, limit);
    if (body === undefined)
      return { kind: 'large', reason: `Microbizz answered with more than ${limit / 1024 / 1024} MiB` };
    const { statusCode: status, headers } = answer;
    // Elsewhere it is about something else: a document that has moved, say.
    const asks = status === 429 || status === 503;
    return {
      kind: 'answered',
      status,
      body,
      retryAfter: asks ? readRetryAfter(headers['retry-after'], Date.now()) : undefined,
    };
  } catch (error) {
    if (options.signal?.aborted === true) return { kind: 'aborted', reason: 'The call was given up before an answer' };
    if (deadline.aborted) return { kind: 'slow', reason: `Microbizz did not answer within ${timeout / 1000} seconds` };
    return { kind: 'unreachable', reason: `Microbizz could not be reached at ${new URL(url).host} (${codeOf(error)})` };
  }
}
