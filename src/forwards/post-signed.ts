import { Webhook } from 'standardwebhooks';
import type { Dispatcher } from 'undici';
import type { Message } from './build-message.ts';
import type { Forward } from './forward.ts';
import { AddressRefused } from './guarded-agent.ts';
import { readRetryAfter } from './read-retry-after.ts';

/** Bytes that are read of an answer. Nothing is done with them: read, they keep the connection in use. */
const maxAnswer = 64 * 1024;

/** How a destination answered. `fault` is absent when it took the message; it names host and status, nothing of URL or answer. */
export interface Posted {
  readonly status?: number;
  readonly fault?: string;
  /** Milliseconds. */
  readonly retryAfter?: number;
}

export interface PostOptions {
  readonly agent: Dispatcher;
  readonly now: () => number;
  /** Milliseconds for everything. */
  readonly time: number;
  readonly signal?: AbortSignal;
}

/** POSTs a message, signed with every secret that is valid now. Redirects are not followed: only the destination itself was allowed. */
export async function postSigned(
  { url, secrets }: Pick<Forward, 'url' | 'secrets'>,
  { id, body }: Message,
  { agent, now, time, signal }: PostOptions,
): Promise<Posted> {
  const { host } = new URL(url);
  const at = new Date(now());
  const valid = secrets.filter(({ until }) => until === undefined || until > at.getTime());
  const deadline = AbortSignal.timeout(time);
  const { request } = await import('undici');
  try {
    const answer = await request(url, {
      method: 'POST',
      dispatcher: agent,
      signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'appconnect-server',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': valid.map(({ secret }) => new Webhook(secret.reveal()).sign(id, at, body)).join(' '),
      },
      body,
    });
    await drain(answer.body);
    return judge(host, answer.statusCode, readRetryAfter(answer.headers['retry-after'], at.getTime()));
  } catch (error) {
    if (error instanceof AddressRefused) return { fault: `Not sent: ${error.message}.` };
    if (deadline.aborted) return { fault: `${host} did not answer within ${time / 1000} seconds.` };
    return { fault: `${host} could not be reached (${codeOf(error)}).` };
  }
}

function judge(host: string, status: number, retryAfter: number | undefined): Posted {
  if (status >= 200 && status < 300) return { status };
  const redirect = status >= 300 && status < 400 ? ', a redirect, which is not followed' : '';
  return { status, fault: `${host} answered ${status}${redirect}.`, ...(retryAfter !== undefined && { retryAfter }) };
}

/** The status has said it all: an answer that is too long, breaks off or never ends changes nothing. */
async function drain(body: AsyncIterable<Uint8Array> & { destroy(): void }): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of body) {
      size += chunk.length;
      if (size > maxAnswer) break;
    }
  } catch {
    body.destroy();
  }
}

/** undici's and TLS' messages can quote what the other side sent; their codes cannot. */
function codeOf(error: unknown): string {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  const inner = cause ?? errors?.[0];
  return inner === undefined ? 'no code' : codeOf(inner);
}
