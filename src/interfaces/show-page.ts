import type { FastifyReply, FastifyRequest } from 'fastify';
import { solutionOf } from '../domain/tenant.ts';
import { Refusal } from '../errors.ts';
import { languageOf } from '../http/language.ts';
import { sendPage } from '../http/send-page.ts';
import type { Keyring } from '../keys/keyring.ts';
import { buildContext, type ContextServices } from './build-context.ts';
import { buildLinks, type Links, type Look } from './build-look.ts';
import type { PageContext, ShownPage, SubPage } from './define-page.ts';
import { isTarget, type Visit } from './find-visit.ts';
import { sealPass, type Pass } from './pass.ts';
import { readValues, type Values } from './read-values.ts';
import { sendDownload } from './send-download.ts';

export interface ShowServices extends ContextServices {
  readonly keyring: Keyring;
}

/** One request, after its session was found valid. */
export interface Shown extends Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly pass: Pass;
}

/** What came of an action, for the page that is shown after it. */
export type Outcome = Partial<Pick<Look, 'done' | 'faults' | 'typed'>> & { readonly status?: number };

export function linksOf({ keyring, publicUrl }: ShowServices, { hook, place, path, pass }: Shown): Links {
  return buildLinks({
    base: new URL(publicUrl).pathname.replace(/\/$/, '') + path,
    isAction: (name) => isTarget(hook, 'action', name),
    isPage: (name) => isTarget(hook, 'page', name),
    seal: (kind, name, language = pass.language) => sealPass(keyring, { ...place, kind, name }, { ...pass, language }),
  });
}

export function contextOf(services: ContextServices, shown: Shown): Promise<Omit<PageContext, 'query'>> {
  const ending = new AbortController();
  shown.reply.raw.once('close', () => {
    ending.abort();
  });
  return buildContext(services, { ...shown, language: languageOf(shown.request), signal: ending.signal });
}

/** Loads and sends a page of the hook, or begins its download. */
export async function showPage(
  services: ShowServices,
  shown: Shown,
  { name, query }: { readonly name: string; readonly query: Values },
  { status, ...outcome }: Outcome = {},
): Promise<FastifyReply> {
  const { hook, tenant, request, reply } = shown;
  const page: ShownPage | SubPage | undefined = name === '' ? hook : hook.pages?.[name];
  if (page === undefined) throw new Error(`The hook has no page "${name}"`);
  const read = readValues(page.query, query, 'en');
  if ('faults' in read) {
    const [first] = Object.entries(read.faults);
    throw new Refusal('bad-request', `${first?.join(': ') ?? 'The query is wrong'}.`);
  }
  const frameAncestor = solutionOf(tenant.credentials.endpoint);
  const context: PageContext = { ...(await contextOf(services, shown)), query: read.data };
  if (page.download !== undefined) return sendDownload(reply, await page.download(context), frameAncestor);
  const data = await page.load(context);
  const look: Look = {
    ...linksOf(services, shown),
    here: { page: name, query },
    reconnect: tenant.refusedAt === undefined ? undefined : context.reconnectUrl,
    done: undefined,
    faults: {},
    typed: {},
    ...outcome,
  };
  const options = { frameAncestor, ...(status !== undefined && { status }) };
  return sendPage(request, reply, page.view, { title: hook.title, ...data, ...look }, options);
}
