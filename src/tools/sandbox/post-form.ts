import { FormData, request, Response } from 'undici';
import type { FormEncoding } from './faults.ts';

/** What an app answered. `status` is 0 and `error` says why when no answer came. */
export interface PostAnswer {
  readonly status: number;
  readonly body: string;
  readonly error: string;
}

/** How long Microbizz waits is undocumented. */
const patience = 10_000;
const mostCharacters = 65_536;

/**
 * POSTs as PHP's curl does: an array of fields gives multipart (as in Ventu's samples), a string urlencoded. No redirect is followed,
 * and the connection is not kept, as between two runs of a script.
 */
export async function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  as: FormEncoding,
  closing: AbortSignal,
): Promise<PostAnswer> {
  try {
    const { statusCode, body } = await request(url, {
      method: 'POST',
      reset: true,
      signal: AbortSignal.any([closing, AbortSignal.timeout(patience)]),
      ...(as === 'multipart' ? await asMultipart(fields) : asUrlencoded(fields)),
    });
    body.setEncoding('utf8');
    let text = '';
    for await (const chunk of body) {
      text += String(chunk);
      if (text.length > mostCharacters)
        return { status: statusCode, body: text.slice(0, mostCharacters), error: 'too long' };
    }
    return { status: statusCode, body: text, error: '' };
  } catch (error) {
    return {
      status: 0,
      body: '',
      error: `no answer came (${error instanceof Error ? error.message || error.name : 'unknown'})`,
    };
  }
}

type Encoded = { readonly body: string | Buffer; readonly headers: { readonly 'content-type': string } };

/** Serialized before it is sent: undici 8.12's `request` hangs on a FormData as body, with its default dispatcher. */
async function asMultipart(fields: Readonly<Record<string, string>>): Promise<Encoded> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  const serialized = new Response(form);
  const contentType = serialized.headers.get('content-type') ?? '';
  return { body: Buffer.from(await serialized.arrayBuffer()), headers: { 'content-type': contentType } };
}

function asUrlencoded(fields: Readonly<Record<string, string>>): Encoded {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { body: new URLSearchParams(fields).toString(), headers };
}
