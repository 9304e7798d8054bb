import { createHash } from 'node:crypto';
import { keys } from '../support/start-server.ts';

export type Form = 'urlencoded' | 'multipart' | 'json';

export interface PostedNegotiate {
  readonly status: number;
  readonly text: string;
  readonly type: string;
}

/** What Microbizz POSTs, in one of the forms it may take. */
export async function postNegotiate(
  url: string,
  fields: Readonly<Record<string, string>>,
  form: Form = 'urlencoded',
): Promise<PostedNegotiate> {
  const answer = await fetch(url, { method: 'POST', ...encode(fields, form) });
  return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') ?? '' };
}

function encode(fields: Readonly<Record<string, string>>, form: Form): RequestInit {
  if (form === 'urlencoded') return { body: new URLSearchParams(fields) };
  if (form === 'json') return { body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } };
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return { body };
}

export function proofOf(challenge: string): string {
  return createHash('sha1')
    .update(challenge + keys.secretkey)
    .digest('hex');
}
