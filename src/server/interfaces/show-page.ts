import type { FastifyReply, FastifyRequest } from 'fastify';
import { framersOf } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../errors.ts';
import { danishDay } from '../../microbizz/domain/danish-day.ts';
import { languageOf, type Language } from '../http/language.ts';
import { newNonce, renderPage, sendPage, sendRendered } from '../http/send-page.ts';
import type { Keyring } from '../keys/keyring.ts';
import { buildContext, type ContextServices } from './build-context.ts';
import { buildLinks, type Links, type Look, type Seal } from './build-look.ts';
import type { PageContext, ShownPage, SubPage } from './define-page.ts';
import { isTarget, type Visit } from './find-visit.ts';
import type { LimitDownloads } from './limit-downloads.ts';
import { sealPass, type Pass } from './pass.ts';
import { readValues, type Values } from './read-values.ts';
import { holeFor, type buildPageMemory } from './remember-pages.ts';
import { sendDownload } from './send-download.ts';

export interface ShowServices extends ContextServices {
  readonly keyring: Keyring;
  readonly pageMemory: ReturnType<typeof buildPageMemory>;
  readonly limitDownloads: LimitDownloads;
  /** The texts that views have as `it.t`: the server's and the app's. */
  readonly texts: Readonly<Record<Language, object>>;
}

/** One request, after its session was found valid. */
export interface Shown extends Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly pass: Pass;
}

/** The result of an action, for the page that is shown after it. */
export type Outcome = Partial<Pick<Look, 'done' | 'faults' | 'typed'>> & { readonly status?: number };

function sealFor(keyring: Keyring, { place, pass }: Shown): Seal {
  return (kind, name, language = pass.language) => sealPass(keyring, { ...place, kind, name }, { ...pass, language });
}

export function linksOf(
  { keyring, publicUrl }: Pick<ShowServices, 'keyring' | 'publicUrl'>,
  shown: Shown,
  seal: Seal = sealFor(keyring, shown),
): Links {
  const { hook, path } = shown;
  return buildLinks({
    base: new URL(publicUrl).pathname.replace(/\/$/, '') + path,
    isAction: (name) => isTarget(hook, 'action', name),
    isPage: (name) => isTarget(hook, 'page', name),
    seal,
  });
}

export function contextOf(services: ContextServices, shown: Shown): Omit<PageContext, 'query'> {
  const ending = new AbortController();
  shown.reply.raw.once('close', () => {
    ending.abort();
  });
  const { request } = shown;
  return buildContext(services, { ...shown, language: languageOf(request), log: request.log, signal: ending.signal });
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
  const frameAncestors = framersOf(tenant);
  const pageContext = (): PageContext => ({ ...contextOf(services, shown), query: read.data });
  if (page.download !== undefined) {
    services.limitDownloads(tenant.id, reply);
    return sendDownload(reply, await page.download(pageContext()), frameAncestors);
  }
  const { load, view } = page;

  async function dataOf(seal?: Seal): Promise<object> {
    const context = pageContext();
    const data = await load(context);
    const look: Look = {
      ...linksOf(services, shown, seal),
      here: { page: name, query },
      reconnect: tenant.refusedAt === undefined ? undefined : context.reconnectUrl,
      done: undefined,
      faults: {},
      typed: {},
      ...outcome,
    };
    return { title: hook.title, ...data, ...look, t: services.texts[languageOf(request)] };
  }
  const isPlain = status === undefined && Object.keys(outcome).length === 0;
  if (page.remember !== true || !isPlain)
    return sendPage(request, reply, view, await dataOf(), { frameAncestors, ...(status !== undefined && { status }) });

  const { path, pass } = shown;
  const key = JSON.stringify([path, name, query, pass.variables, languageOf(request), danishDay(services.now())]);
  const render = async (): Promise<string> => {
    const data = await dataOf((kind, target, language) => holeFor(JSON.stringify([kind, target, language])));
    return renderPage(request, reply, view, data, holeFor('nonce'));
  };
  const seal = sealFor(services.keyring, shown);
  const nonce = newNonce();
  const html = await services.pageMemory(key, render, (wanted) => {
    if (wanted === 'nonce') return nonce;
    const [kind, target, language] = JSON.parse(wanted) as [...Parameters<Seal>];
    // JSON knows no undefined.
    return seal(kind, target, language ?? undefined);
  });
  return sendRendered(reply, html, nonce, { frameAncestors });
}
