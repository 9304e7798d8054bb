const maxAnswer = 1024 * 1024;

export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly body: string }
  | { readonly kind: 'broken' | 'unreachable' | 'slow'; readonly reason: string };

/** POSTs an urlencoded form and reads at most 1 MiB of answer. Redirects are not followed: the token goes to the endpoint or nowhere. */
export async function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  options: { timeout: number; signal?: AbortSignal },
): Promise<Posted> {
  // undici takes a third of the start-up time (bench/), and the server can answer its first event without it.
  const { request } = await import('undici');
  const deadline = AbortSignal.timeout(options.timeout);
  const signal = options.signal ? AbortSignal.any([deadline, options.signal]) : deadline;
  try {
    const answer = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams(fields).toString(),
      signal,
    });
    const body = await read(answer.body);
    if (body === undefined) return { kind: 'broken', reason: 'Microbizz answered with more than 1 MiB' };
    return { kind: 'answered', status: answer.statusCode, body };
  } catch {
    if (deadline.aborted)
      return { kind: 'slow', reason: `Microbizz did not answer within ${options.timeout / 1000} seconds` };
    return { kind: 'unreachable', reason: `Microbizz could not be reached at ${new URL(url).host}` };
  }
}

async function read(body: AsyncIterable<Uint8Array> & { destroy(): void }): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxAnswer) {
      body.destroy();
      return undefined;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
