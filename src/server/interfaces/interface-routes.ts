import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hookPath } from '../../microbizz/domain/hook.ts';
import { formOf, takeBrowserForms } from '../http/browser-forms.ts';
import { bodyOf, contentTypeOf, takeRawBodies } from '../http/raw-body.ts';
import { readFields } from '../http/read-fields.ts';
import { sendErrorPage } from '../http/send-error-page.ts';
import { charge } from '../strays.ts';
import { act, type ActServices } from './act.ts';
import { confirmPass, openSession, readPass, type PassServices } from './check-pass.ts';
import type { PageHook } from './define-page.ts';
import { buildFindHook, findVisit, type InterfaceParams, type Visit, type VisitServices } from './find-visit.ts';
import { keepForm } from './keep-form.ts';
import { lookedAt, note, visitOf } from './looked-at.ts';
import { readQuery, readVariables } from './read-values.ts';
import { linksOf, showPage, type Shown } from './show-page.ts';

export interface InterfaceServices extends VisitServices, ActServices, PassServices {
  readonly pages: readonly PageHook[];
  /** CONNECT is open. */
  readonly connectIsOpen: boolean;
}

interface InterfaceRoute {
  Params: InterfaceParams;
  Querystring: Readonly<Record<string, string | string[] | undefined>>;
}

type InterfaceRequest = FastifyRequest<InterfaceRoute>;

const hookUrl = '/interfaces/:key/:modcode/:hook';
/** Bytes of a form. */
const bodyLimit = 64 * 1024;

/**
 * The pages, in the order of their checks: key, installation, tenant, session, query or form; only then is anything loaded or done.
 * Microbizz opens the first page with a sessiontoken; everything from there on has a pass, the CSRF token of forms too.
 */
export function interfaceRoutes(app: FastifyInstance, services: InterfaceServices): void {
  const findHook = buildFindHook(services.pages);
  takeRawBodies(app);
  // Before the body: a stranger's is not even read.
  app.addHook<InterfaceRoute>('onRequest', async (request) => {
    // The first page may be opened by POST: Microbizz's documentation requires it.
    const kind = request.method === 'POST' && request.params.name !== undefined ? 'action' : 'page';
    const visit = await findVisit(services, findHook(request.params), kind, request, (frameAncestors) => {
      note(request, { frameAncestors });
    });
    note(request, { visit });
  });
  app.setErrorHandler<FastifyError>((error, request, reply) => sendFault(services, error, request, reply));

  app.post<InterfaceRoute>(hookUrl, { bodyLimit }, async (request, reply) => {
    const body = bodyOf(request);
    const fields = body.length === 0 ? {} : readFields(contentTypeOf(request), body);
    return openFirst(services, request, reply, { ...request.query, ...fields });
  });
  for (const url of [hookUrl, `${hookUrl}/:name`])
    app.get<InterfaceRoute>(url, (request, reply) => {
      const isOpening = request.query['sessiontoken'] !== undefined && visitOf(request).place.name === '';
      return isOpening ? openFirst(services, request, reply, request.query) : show(services, request, reply);
    });
  app.register((forms, _options, done) => {
    takeBrowserForms(forms);
    forms.post<InterfaceRoute>(`${hookUrl}/:name`, { bodyLimit }, (request, reply) =>
      takeForm(services, request, reply),
    );
    done();
  });
}

/** The first page, opened by Microbizz. */
async function openFirst(
  services: InterfaceServices,
  request: InterfaceRequest,
  reply: FastifyReply,
  given: InterfaceRoute['Querystring'],
): Promise<FastifyReply> {
  const visit = visitOf(request);
  const { variables, rest } = readVariables(visit.hook, readQuery(given));
  const pass = await openSession(services, visit, given['sessiontoken'], variables);
  return charged(visit, () => showPage(services, { ...visit, request, reply, pass }, { name: '', query: rest }));
}

/** A page that a page of ours led to. */
async function show(
  services: InterfaceServices,
  request: InterfaceRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const visit = visitOf(request);
  const page = { name: visit.place.name, query: readQuery(request.query) };
  const pass = await confirmPass(services, visit, readPass(services, visit, request, request.query['pass']));
  return charged(visit, () => showPage(services, { ...visit, request, reply, pass }, page));
}

/** A form of one of our pages. It is kept from the moment that its pass was found good: the typed text is not lost. */
async function takeForm(
  services: InterfaceServices,
  request: InterfaceRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const visit = visitOf(request);
  const { pass: sealed = '', ...typed } = formOf(request);
  const opened = readPass(services, visit, request, sealed);
  const query = readQuery(request.query);
  const shown: Shown = { ...visit, request, reply, pass: opened };
  note(request, { form: { typed, pass: sealed, action: linksOf(services, shown).target(visit.place.name, query) } });
  const pass = await confirmPass(services, visit, opened);
  return charged(visit, () => act(services, { ...shown, pass }, { query, typed, sealed }));
}

/** Runs a call of the app's own code. */
function charged<T>({ hook, place, tenant }: Visit, run: () => Promise<T>): Promise<T> {
  return charge({ tenant: tenant.id, hook: hookPath(hook), [place.kind]: place.name }, run);
}

function sendFault(
  { connectIsOpen, reconnectUrl }: InterfaceServices,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { form, frameAncestors, visit } = lookedAt(request);
  // Nobody's session was checked, so this page gives nobody a link of the tenant's own, which says who may connect: where /connect is open
  // to all anyhow, it does. Elsewhere it says in words whom to ask.
  const helps = error.code === 'upstream-refused' && connectIsOpen && visit !== undefined;
  const connectAgain = helps ? reconnectUrl(visit.tenant.id) : undefined;
  return sendErrorPage(error, request, reply, { frameAncestors, kept: form && keepForm(form, error), connectAgain });
}
