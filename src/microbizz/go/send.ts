import type { Dispatcher } from 'undici';
import { exchange, type Failure } from '../outbound/exchange.ts';
import { openAgent, systemLookup } from '../outbound/open-agent.ts';
import { GoError } from './go-error.ts';

/** Bytes that are read of an answer: files come inside it. */
const maxAnswer = 32 * 1024 * 1024;

export type GoMethod = 'GET' | 'POST' | 'DELETE';

export interface Request {
  readonly method: GoMethod;
  readonly url: URL;
  readonly token: string | undefined;
  readonly body: string | undefined;
  /** Milliseconds for the whole of it. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
}

export interface Received {
  readonly status: number;
  readonly text: string;
  /** An access token that came as a cookie. */
  readonly cookie: string | undefined;
}

/** Sends requests over connections of its own, which are kept for a while. The token goes to the stated address or nowhere. */
export function buildSend(): (request: Request) => Promise<Received> {
  let agent: Promise<Dispatcher> | undefined;
  return async ({ method, url, token, body, timeout, signal }) => {
    const { answer, failure } = await exchange(url, {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': 'appconnect-server',
        // As PHP reads a cookie: it decodes percent signs.
        ...(token !== undefined && { cookie: `access_token=${encodeURIComponent(token)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      body,
      dispatcher: await (agent ??= openAgent(systemLookup)),
      timeout,
      limit: maxAnswer,
      signal,
    });
    if (failure !== undefined) throw explain(failure, url, timeout, signal);
    return { status: answer.status, text: answer.text, cookie: findToken(answer.headers['set-cookie']) };
  };
}

function explain({ kind }: Failure, { host }: URL, timeout: number, signal: AbortSignal | undefined): unknown {
  switch (kind) {
    case 'large':
      return new GoError('transport', 'GO answered with more than 32 MiB.');
    case 'slow':
      return new GoError('transport', `GO did not answer within ${timeout / 1000} seconds.`);
    case 'aborted':
      return signal?.reason;
    case 'unreachable':
      return new GoError('transport', `GO could not be reached at ${host}.`);
  }
}

function findToken(header: string | string[] | undefined): string | undefined {
  const value = [header ?? []].flat().flatMap((line) => /^\s*access_token=([^;]+)/.exec(line)?.[1] ?? [])[0];
  if (value === undefined) return undefined;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
