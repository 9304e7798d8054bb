import type { Agent, Dispatcher } from 'undici';
import { codeOf } from '../outbound/code-of.ts';
import { exchange, type Failure } from '../outbound/exchange.ts';
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

/** POSTs form field `json`, urlencoded, UTF-8. Never throws. */
export async function postForm(url: string, json: string, options: PostOptions): Promise<Posted> {
  const { answer, failure } = await exchange(url, {
    ...options,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: `json=${encodeURIComponent(json)}`,
    dispatcher: options.dispatcher ?? (await (shared ??= openMicrobizzAgent())),
  });
  if (failure !== undefined) return explain(failure, url, options);
  const { status, text: body, headers } = answer;
  // Elsewhere it is about something else: a document that has moved, say.
  const asks = status === 429 || status === 503;
  return {
    kind: 'answered',
    status,
    body,
    retryAfter: asks ? readRetryAfter(headers['retry-after'], Date.now()) : undefined,
  };
}

function explain({ kind, error }: Failure, url: string, { timeout, limit }: PostOptions): Unanswered {
  switch (kind) {
    case 'large':
      return { kind, reason: `Microbizz answered with more than ${limit / 1024 / 1024} MiB` };
    case 'aborted':
      return { kind, reason: 'The call was given up before an answer' };
    case 'slow':
      return { kind, reason: `Microbizz did not answer within ${timeout / 1000} seconds` };
    case 'unreachable':
      return { kind, reason: `Microbizz could not be reached at ${new URL(url).host} (${codeOf(error)})` };
  }
}
