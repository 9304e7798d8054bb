import { readBody } from '../domain/read-body.ts';
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

/** One request, and at most 32 MiB of answer. Redirects are not followed: the token goes to the stated address or nowhere. */
export async function send({ method, url, token, body, timeout, signal }: Request): Promise<Received> {
  // Loaded late for the same reason as in src/api: it is a third of the time that the server takes to start.
  const { request } = await import('undici');
  const deadline = AbortSignal.timeout(timeout);
  try {
    const answer = await request(url, {
      method,
      headers: {
        accept: 'application/json',
        'user-agent': 'appconnect-server',
        // As PHP reads a cookie: it decodes percent signs.
        ...(token !== undefined && { cookie: `access_token=${encodeURIComponent(token)}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
    });
    const text = await readBody(answer.body, maxAnswer);
    if (text === undefined) throw new GoError('transport', 'GO answered with more than 32 MiB.');
    return { status: answer.statusCode, text, cookie: findToken(answer.headers['set-cookie']) };
  } catch (error) {
    if (error instanceof GoError) throw error;
    if (deadline.aborted) throw new GoError('transport', `GO did not answer within ${timeout / 1000} seconds.`);
    signal?.throwIfAborted();
    throw new GoError('transport', `GO could not be reached at ${url.host}.`);
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
