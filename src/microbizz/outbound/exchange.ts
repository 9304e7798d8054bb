import type { Dispatcher } from 'undici';

export interface ExchangeOptions {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly dispatcher: Dispatcher;
  /** Milliseconds for all of it: name, connection, answer. */
  readonly timeout: number;
  /** Bytes of answer that are read at most. Not undici's `maxResponseSize`: that is the agent's, and one agent has calls of 1 and of 32 MiB. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Without the byte order mark that a PHP file saved with one puts in front. */
  readonly text: string;
}

/** Why there is no whole answer. large: given up at the limit · slow: given up at the deadline · aborted: by the caller's own signal. */
export interface Failure {
  readonly kind: 'large' | 'slow' | 'aborted' | 'unreachable';
  readonly error?: unknown;
}

/** With both, the answer is as much of it as came. */
export type Exchanged =
  | { readonly answer: Answer; readonly failure: undefined }
  | { readonly answer: Answer; readonly failure: Failure }
  | { readonly answer: undefined; readonly failure: Failure };

/** One request and its answer. Never throws. Redirects are not followed: a request goes to the stated address or nowhere. */
export async function exchange(url: string | URL, options: ExchangeOptions): Promise<Exchanged> {
  const { timeout, limit, signal: given, body, ...wanted } = options;
  // undici takes a third of the start-up time (bench/), and the server can answer its first event without it.
  const { request } = await import('undici');
  const deadline = AbortSignal.timeout(timeout);
  const signal = given ? AbortSignal.any([deadline, given]) : deadline;
  const chunks: Uint8Array[] = [];
  let head: Omit<Answer, 'text'> | undefined;
  try {
    const { statusCode: status, headers, body: stream } = await request(url, { ...wanted, body: body ?? null, signal });
    head = { status, headers };
    const isWhole = await collect(stream, limit, chunks);
    const answer = { ...head, text: decode(chunks) };
    return isWhole ? { answer, failure: undefined } : { answer, failure: { kind: 'large' } };
  } catch (error) {
    const kind = given?.aborted === true ? 'aborted' : deadline.aborted ? 'slow' : 'unreachable';
    const failure: Failure = { kind, error };
    return head ? { answer: { ...head, text: decode(chunks) }, failure } : { answer: undefined, failure };
  }
}

/** False when there is more than `limit`. Leaving the loop ends the stream, and with it the connection. */
async function collect(stream: AsyncIterable<Uint8Array>, limit: number, chunks: Uint8Array[]): Promise<boolean> {
  let size = 0;
  for await (const chunk of stream) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) return false;
  }
  return true;
}

function decode(chunks: readonly Uint8Array[]): string {
  return new TextDecoder().decode(Buffer.concat(chunks));
}
