import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { hookPath } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../errors.ts';
import { charge } from '../strays.ts';
import { chooseLanguage, languageOf } from '../http/language.ts';
import { bodyOf, contentTypeOf, takeRawBodies } from '../http/raw-body.ts';
import { readFields } from '../http/read-fields.ts';
import { sendErrorPage } from '../http/send-error-page.ts';
import { checkSession, readSessiontoken } from './check-session.ts';
import type { PageHook } from './define-page.ts';
import { buildFindHook, findVisit, type InterfaceParams, type Visit, type VisitServices } from './find-visit.ts';
import { keepForm, type SentForm } from './keep-form.ts';
import { openPass, type Pass } from './pass.ts';
import { textsOf } from './query-values.ts';
import { readQuery, readValues, readVariables, type Values } from './read-values.ts';
import { buildSentForms } from './sent-forms.ts';
import { buildSessions } from './sessions.ts';
import { contextOf, linksOf, showPage, type Shown, type ShowServices } from './show-page.ts';

export interface InterfaceServices extends VisitServices, ShowServices {
  readonly pages: readonly PageHook[];
  /** CONNECT is open. */
  readonly connectIsOpen: boolean;
  /** SESSION_RECHECK_SECONDS. */
  readonly recheckSeconds: number;
}

interface InterfaceRoute {
  Params: InterfaceParams;
  Querystring: Readonly<Record<string, string | string[] | undefined>>;
}

const hookUrl = '/interfaces/:key/:modcode/:hook';
/** Bytes of a form. */
const bodyLimit = 64 * 1024;

/**
 * The pages, in the order of their looks: key, installation, tenant, session, query or form; only then is anything loaded or done.
 * Microbizz opens the first page with a sessiontoken; everything from there on has a pass, the CSRF token of forms too.
 */
export function interfaceRoutes(app: FastifyInstance, services: InterfaceServices): void {
  const { keyring, now, recheckSeconds, pages } = services;
  const sessions = buildSessions({ ask: askSession, recheck: recheckSeconds * 1000, now });
  const findHook = buildFindHook(pages);
  const once = buildSentForms(now);
  async function askSession(tenant: Tenant, sessiontoken: string): Promise<string> {
    try {
      return await checkSession(services.apis.ask, tenant, sessiontoken);
    } catch (error) {
      // Is the accesstoken refused? An Echo by the Api finds out, and notes it; the page does not wait for that.
      if (error instanceof Refusal && error.code === 'upstream-refused')
        services.apis
          .of(tenant)
          .run('Echo')
          .catch(() => undefined);
      throw error;
    }
  }
  /** Whose frame a refusal may be shown in. */
  const framers = new WeakMap<FastifyRequest, readonly string[]>();
  const visits = new WeakMap<FastifyRequest, Visit>();
  const forms = new WeakMap<FastifyRequest, SentForm>();

  takeRawBodies(app);
  // Before the body: a stranger's is not even read.
  app.addHook<InterfaceRoute>('onRequest', async (request) => {
    // The first page may be opened by POST: Microbizz' documentation wants it taken.
    const kind = request.method === 'POST' && request.params.name !== undefined ? 'action' : 'page';
    const hook = findHook(request.params);
    const visit = await findVisit(services, hook, kind, request, (origins) => framers.set(request, origins));
    visits.set(request, visit);
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const sent = forms.get(request);
    const frameAncestors = framers.get(request);
    const tenantId = visits.get(request)?.tenant.id;
    // Nobody's session was checked, so this page gives nobody a link of the tenant's own, which says who may connect: where /connect is open
    // to all anyhow, it does. Elsewhere it says in words whom to ask.
    const helps = error.code === 'upstream-refused' && services.connectIsOpen && tenantId !== undefined;
    const connectAgain = helps ? services.reconnectUrl(tenantId) : undefined;
    return sendErrorPage(error, request, reply, { frameAncestors, kept: sent && keepForm(sent, error), connectAgain });
  });

  async function open(
    request: FastifyRequest<InterfaceRoute>,
    reply: FastifyReply,
    given: InterfaceRoute['Querystring'],
  ) {
    const visit = visitOf(request);
    const { variables, rest } = readVariables(visit.hook, readQuery(given));
    const pass = await openSession(visit, readSessiontoken(given['sessiontoken']), variables);
    return charged(visit, () => showPage(services, { ...visit, request, reply, pass }, { name: '', query: rest }));
  }

  app.post<InterfaceRoute>(hookUrl, { bodyLimit }, async (request, reply) => {
    const body = bodyOf(request);
    const fields = body.length === 0 ? {} : readFields(contentTypeOf(request), body);
    return open(request, reply, { ...request.query, ...fields });
  });

  for (const url of [hookUrl, `${hookUrl}/:name`]) {
    app.get<InterfaceRoute>(url, async (request, reply) => {
      const visit = visitOf(request);
      const given = readQuery(request.query);
      const { sessiontoken, pass: sealed } = request.query;
      if (sessiontoken !== undefined && visit.place.name === '') return open(request, reply, request.query);
      const pass = await confirm(visit, readPass(visit, request, sealed));
      const page = { name: visit.place.name, query: given };
      return charged(visit, () => showPage(services, { ...visit, request, reply, pass }, page));
    });
  }

  app.post<InterfaceRoute>(`${hookUrl}/:name`, { bodyLimit }, async (request, reply) => {
    const visit = visitOf(request);
    const { pass: sealed = '', ...typed } = readFields(contentTypeOf(request), bodyOf(request));
    const opened = readPass(visit, request, sealed);
    const query = readQuery(request.query);
    const shown: Shown = { ...visit, request, reply, pass: opened };
    forms.set(request, { typed, pass: sealed, action: linksOf(services, shown).target(visit.place.name, query) });
    const pass = await confirm(visit, opened);
    return charged(visit, () => act({ ...shown, pass }, typed, query, sealed));
  });

  async function act(shown: Shown, typed: Values, query: Values, sealed: string) {
    const { hook, place, reply, request } = shown;
    const action = hook.actions?.[place.name];
    if (action === undefined) throw new Error(`The hook has no action "${place.name}"`);
    const again = { name: action.page ?? '', query };
    const form = readValues(action.form, typed, languageOf(request));
    if ('faults' in form) return showPage(services, shown, again, { status: 422, faults: form.faults, typed });
    const done = await once([sealed, place.name, query, typed], () =>
      action.act({ ...contextOf(services, shown), query, form: form.data }),
    );
    if ('faults' in done) return showPage(services, shown, again, { status: 422, faults: done.faults, typed });
    if ('show' in done)
      return showPage(services, shown, { name: done.show, query: textsOf(done.query) }, { done: done.done });
    return reply
      .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .redirect(linksOf(services, shown).url(done.go, done.query), 303);
  }

  /** Runs what calls the app's own code. */
  function charged<T>({ hook, place, tenant }: Visit, run: () => Promise<T>): Promise<T> {
    return charge({ tenant: tenant.id, hook: hookPath(hook), [place.kind]: place.name }, run);
  }

  function visitOf(request: FastifyRequest): Visit {
    const visit = visits.get(request);
    if (visit === undefined) throw new Error('This request was not looked at');
    return visit;
  }

  async function openSession({ tenant }: Visit, sessiontoken: string, variables: Values): Promise<Pass> {
    const checked = await sessions.open(tenant, sessiontoken);
    const openedAt = checked.checkedAt;
    return { ...checked, tenantId: tenant.id, openedAt, sessiontoken, variables, language: undefined };
  }

  function readPass({ place, tenant }: Visit, request: FastifyRequest, sealed: unknown): Pass {
    const pass = openPass(keyring, place, sealed);
    if (pass?.tenantId !== tenant.id)
      throw new Refusal('session-missing', 'The address has no usable sessiontoken, and no pass of this page.');
    if (pass.language !== undefined) chooseLanguage(request, pass.language);
    return pass;
  }

  async function confirm({ tenant }: Visit, pass: Pass): Promise<Pass> {
    return { ...pass, ...(await sessions.confirm(tenant, pass)) };
  }
}
