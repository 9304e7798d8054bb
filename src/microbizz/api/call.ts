import type { Agent } from 'undici';
import type { Credentials } from '../domain/tenant.ts';
import { codeOf } from '../outbound/code-of.ts';
import { exchange, type Failure } from '../outbound/exchange.ts';
import { openAgent, systemLookup } from '../outbound/open-agent.ts';
import type { Answered, CallFailure } from './call-result.ts';
import { buildEnvelope, readEnvelope, type EnvelopeOptions } from './envelope.ts';
import type { Prepared } from './prepare-call.ts';

/** The messages as sent and received, including tokens. */
export interface Wire {
  readonly envelope: string;
  /** Of HTTP. */
  readonly status: number;
  readonly body: string;
}

export interface CallOptions extends EnvelopeOptions {
  /** Milliseconds for the whole request. */
  readonly timeout: number;
  /** Bytes of answer that are read at most. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Called with every answer that came. */
  readonly onAnswer?: (wire: Wire) => unknown;
}

/** Sends commands in one envelope and answers their results. Never throws. Everything that is sent to a Microbizz is sent by this. */
export type CallMicrobizz = (
  credentials: Credentials,
  calls: readonly Prepared[],
  options: CallOptions,
) => Promise<Answered>;

/** Calls, over connections that are kept for a while. */
export function openCall(): { readonly call: CallMicrobizz; close(): Promise<void> } {
  let agent: Promise<Agent> | undefined;
  return {
    async call(credentials, calls, options) {
      const envelope = buildEnvelope(credentials, calls, options);
      const { answer, failure } = await exchange(credentials.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: `json=${encodeURIComponent(envelope)}`,
        dispatcher: await (agent ??= openAgent(systemLookup, { keepAliveTimeout: 10_000 })),
        timeout: options.timeout,
        limit: options.limit,
        signal: options.signal,
      });
      if (failure !== undefined) return explain(failure, credentials, options);
      options.onAnswer?.({ envelope, status: answer.status, body: answer.text });
      return readEnvelope(answer, credentials, calls, options);
    },
    async close() {
      await (await agent)?.destroy();
    },
  };
}

function explain({ kind, error }: Failure, { endpoint }: Credentials, { timeout, limit }: CallOptions): CallFailure {
  switch (kind) {
    case 'large':
      return { kind, reason: `Microbizz answered with more than ${limit / 1024 / 1024} MiB` };
    case 'aborted':
      return { kind, reason: 'The call was given up before an answer' };
    case 'slow':
      return { kind, reason: `Microbizz did not answer within ${timeout / 1000} seconds` };
    case 'unreachable':
      return { kind, reason: `Microbizz could not be reached at ${new URL(endpoint).host} (${codeOf(error)})` };
  }
}
