import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { texts } from '../texts/texts.ts';
import { languageOf, languages } from './language.ts';

export interface PageOptions {
  /** Origins that may show the page in a frame; nobody may when it is left out. */
  readonly frameAncestors?: readonly string[];
  /** Seconds until the browser loads the page again. */
  readonly refresh?: number;
  readonly status?: number;
}

/**
 * Renders a view with the headers of all our pages, error pages too. Nothing is loaded from other hosts, and only styles and scripts with
 * the nonce run. A framed page posts to us alone. Other pages have no `form-action`: browsers apply it to redirects too, and
 * the form of /connect goes to Microbizz, which may send the browser on to a login page.
 */
export async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  view: string,
  data: object,
  options: PageOptions = {},
): Promise<FastifyReply> {
  const nonce = newNonce();
  const page = await renderPage(request, reply, view, data, nonce);
  return sendRendered(reply, page, nonce, options);
}

export function newNonce(): string {
  return randomBytes(16).toString('base64');
}

/** `nonce` marks the styles and scripts of the page that may run. */
export function renderPage(
  request: FastifyRequest,
  reply: FastifyReply,
  view: string,
  data: object,
  nonce: string,
): Promise<string> {
  const language = languageOf(request);
  return reply.viewAsync(view, { t: texts[language], ...data, nonce, language, languages });
}

/** With the headers, of which the policy has to name the page's own nonce. */
export function sendRendered(
  reply: FastifyReply,
  page: string | Buffer,
  nonce: string,
  { frameAncestors = [], refresh, status = 200 }: PageOptions,
): FastifyReply {
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "base-uri 'none'",
    `frame-ancestors ${frameAncestors.length === 0 ? "'none'" : frameAncestors.join(' ')}`,
    ...(frameAncestors.length === 0 ? [] : ["connect-src 'self'", "form-action 'self'"]),
  ];
  return reply
    .code(status)
    .headers({
      'content-security-policy': policy.join('; '),
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      vary: 'accept-language',
      ...(refresh === undefined ? {} : { refresh: String(refresh) }),
    })
    .type('text/html; charset=utf-8')
    .send(page);
}
