import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { hookPath, type HookName } from '../domain/hook.ts';
import { solutionOf, type Installation, type Tenant } from '../domain/tenant.ts';
import { Refusal } from '../errors.ts';
import { languageOf } from '../http/language.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { interfacePurpose } from '../http/purposes.ts';
import { sendErrorPage } from '../http/send-error-page.ts';
import { sendPage } from '../http/send-page.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { History } from '../store/history.ts';
import type { Connections } from '../store/store.ts';
import { checkSession } from './check-session.ts';
import type { PageContext, PageHook } from './define-page.ts';

export interface InterfaceServices {
  readonly keyring: Keyring;
  readonly connections: Connections;
  readonly history: History;
  readonly pages: readonly PageHook[];
  readonly now: () => number;
  readonly limitRefusals: LimitRefusals;
  /** Proves an installation that is still pending, and answers how it stands. */
  readonly activate: (installationId: string) => Promise<Installation | undefined>;
}

interface InterfaceRoute {
  Params: HookName & { key: string };
  Querystring: Record<string, string | string[] | undefined>;
}

/** `GET /interfaces/:key/:modcode/:hook?sessiontoken=…`: nothing is looked up or rendered before the session is checked. */
export function interfaceRoutes(app: FastifyInstance, services: InterfaceServices): void {
  const pages = new Map(services.pages.map((page) => [hookPath(page), page]));
  /** Whose frame a refusal may be shown in: known as soon as the key is checked. */
  const framers = new WeakMap<FastifyRequest, string>();

  app.get<InterfaceRoute>('/interfaces/:key/:modcode/:hook', async (request, reply) => {
    const page = pages.get(hookPath(request.params));
    const installation = page && (await openInstallation(request.params));
    if (page === undefined || installation === undefined) {
      await services.limitRefusals(request);
      throw new Refusal('unknown-key', 'This is not the address of a page of this app.');
    }
    if (installation.credentials) framers.set(request, solutionOf(installation.credentials.endpoint));
    const tenant = await tenantOf(installation);
    const frameAncestor = solutionOf(tenant.credentials.endpoint);
    framers.set(request, frameAncestor);
    const userid = await checkSession(tenant, request.query['sessiontoken']);
    const context = buildContext(tenant, userid, request);
    const data = { ...(await page.data(context)), title: page.title };
    return sendPage(request, reply, page.view, data, { frameAncestor });
  });

  app.setErrorHandler<FastifyError>((error, request, reply) =>
    sendErrorPage(error, request, reply, framers.get(request)),
  );

  async function openInstallation(name: HookName & { key: string }): Promise<Installation | undefined> {
    const id = services.keyring.open(name.key, interfacePurpose(name));
    return id === undefined ? undefined : services.connections.findInstallation(id);
  }

  async function tenantOf(installation: Installation): Promise<Tenant> {
    const active = installation.tenantId === undefined ? await services.activate(installation.id) : installation;
    const tenant = active?.tenantId === undefined ? undefined : await services.connections.findTenant(active.tenantId);
    if (tenant === undefined) {
      throw new Refusal(
        'not-connected',
        active?.fault ?? 'Microbizz has not finished the connection that this page belongs to.',
      );
    }
    return tenant;
  }

  function buildContext(
    { id, contract, host }: Tenant,
    userid: string,
    request: FastifyRequest<InterfaceRoute>,
  ): PageContext {
    const { history } = services;
    const texts = Object.entries(request.query).filter(
      ([name, value]) => name !== 'sessiontoken' && typeof value === 'string',
    );
    return {
      tenant: { id, contract, host },
      userid,
      variables: Object.fromEntries(texts) as Record<string, string>,
      language: languageOf(request),
      now: services.now(),
      history: {
        latestObjects: (limit, named) => history.latestObjects(id, limit, named),
        changesPerDay: (since, named) => history.changesPerDay(id, since, named),
      },
    };
  }
}
