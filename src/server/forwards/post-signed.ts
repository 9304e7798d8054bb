import { createHmac } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { codeOf } from '../../microbizz/outbound/code-of.ts';
import { exchange, type Failure } from '../../microbizz/outbound/exchange.ts';
import { NameNotFound } from '../../microbizz/outbound/open-agent.ts';
import { readRetryAfter } from '../../microbizz/outbound/read-retry-after.ts';
import type { Message } from './build-message.ts';
import type { Forward } from '../store/ports/forwards.ts';
import { AddressRefused } from './guarded-agent.ts';

/** Bytes that are read of an answer. Only a test uses them: once they are read, the connection stays in use. */
const maxAnswer = 64 * 1024;
/** Characters of an answer that a person is shown. */
const maxShown = 2000;

/** How a destination answered. `fault` is absent when it took the message; it names host and status, nothing of URL or answer. */
export interface Posted {
  readonly status?: number;
  readonly fault?: string;
  /** Milliseconds. */
  readonly retryAfter?: number;
  /** Milliseconds that it took. */
  readonly ms: number;
  /** Where it was asked for: how the answer begins, without control characters. For the person who looks after the destination only. */
  readonly body?: string;
}

export interface PostOptions {
  readonly agent: Dispatcher;
  readonly now: () => number;
  /** Milliseconds for everything. */
  readonly time: number;
  readonly signal?: AbortSignal;
  readonly keepBody?: boolean;
}

/** POSTs a message, signed with every secret that is valid now. Redirects are not followed: only the destination itself was allowed. */
export async function postSigned(
  { url, secrets }: Pick<Forward, 'url' | 'secrets'>,
  { id, body }: Message,
  { agent, now, time, signal, keepBody }: PostOptions,
): Promise<Posted> {
  const { host } = new URL(url);
  const at = new Date(now());
  const valid = secrets.filter(({ until }) => until === undefined || until > at.getTime());
  const { answer, failure } = await exchange(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'appconnect-server',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': valid.map(({ secret }) => sign(secret.reveal(), id, at, body)).join(' '),
    },
    body,
    dispatcher: agent,
    timeout: time,
    limit: maxAnswer,
    signal,
  });
  const ms = now() - at.getTime();
  if (answer === undefined) return { fault: explain(failure, host, time), ms };
  // The status has said it all: an answer that is too long, breaks off or never ends changes nothing.
  const retryAfter = readRetryAfter(answer.headers['retry-after'], at.getTime());
  const posted = { ...judge(host, answer.status, retryAfter), ms };
  return keepBody === true ? { ...posted, body: show(answer.text) } : posted;
}

function explain({ kind, error }: Failure, host: string, time: number): string {
  if (error instanceof AddressRefused || error instanceof NameNotFound) return `Not sent: ${error.message}.`;
  if (kind === 'slow') return `${host} did not answer within ${time / 1000} seconds.`;
  return `${host} could not be reached (${codeOf(error)}).`;
}

/** After Standard Webhooks, by Node: its own library signs in JavaScript, which takes five times as long for 1 MB (167 against 33 ms). */
function sign(secret: string, id: string, at: Date, body: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${id}.${Math.floor(at.getTime() / 1000)}.${body}`;
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

function judge(host: string, status: number, retryAfter: number | undefined): Omit<Posted, 'ms'> {
  if (status >= 200 && status < 300) return { status };
  const redirect = status >= 300 && status < 400 ? ', a redirect, which is not followed' : '';
  return { status, fault: `${host} answered ${status}${redirect}.`, ...(retryAfter !== undefined && { retryAfter }) };
}

/** A text without hidden effects: no control characters but line ends and tabs, and none that change the direction of the text behind them. */
function show(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}]/gu, '').slice(0, maxShown);
}
