import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import type { Download } from './define-page.ts';

/** Streams a file to save. The iteration is ended when the client goes. For a HEAD it is not begun: Fastify would read it to its end. */
export function sendDownload(
  reply: FastifyReply,
  { filename, type, body }: Download,
  frameAncestors: readonly string[],
): FastifyReply {
  // RFC 6266: the first is for those who do not read the second.
  const name = filename.toWellFormed();
  const plain = name.replace(/[^\w.-]/g, '_');
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (each) => `%${each.charCodeAt(0).toString(16)}`);
  return reply
    .headers({
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
      'content-security-policy': `default-src 'none'; frame-ancestors ${frameAncestors.join(' ')}`,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'content-type': type,
    })
    .send(reply.request.method === 'HEAD' ? undefined : Readable.from(takeTurns(body, reply), { objectMode: false }));
}

/**
 * A client that receives as fast as we read would have the thread for itself: others get their turn after each part. A download that breaks
 * off once the head is sent is reported only in the log.
 */
async function* takeTurns(body: AsyncIterable<string>, { raw, log }: FastifyReply): AsyncGenerator<string> {
  try {
    for await (const part of body) {
      yield part;
      await setImmediate();
    }
  } catch (err) {
    if (raw.headersSent) log.error({ err }, 'download broke off');
    throw err;
  }
}
