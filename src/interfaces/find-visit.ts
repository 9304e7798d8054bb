import type { FastifyRequest } from 'fastify';
import { hookPath, type HookName } from '../domain/hook.ts';
import { solutionOf, type Installation, type Tenant } from '../domain/tenant.ts';
import { Refusal } from '../errors.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { interfacePurpose } from '../http/purposes.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Connections } from '../store/store.ts';
import type { PageHook } from './define-page.ts';
import type { Place } from './pass.ts';

export interface VisitServices {
  readonly keyring: Keyring;
  readonly connections: Pick<Connections, 'findInstallation' | 'findTenant'>;
  readonly limitRefusals: LimitRefusals;
  /** Proves an installation that is still pending, and answers how it stands. */
  readonly activate: (installationId: string) => Promise<Installation | undefined>;
}

/** Which page or action is wanted, of which tenant. Nothing is said yet about who wants it. */
export interface Visit {
  readonly hook: PageHook;
  readonly place: Place;
  readonly tenant: Tenant;
  /** Path of the hook's first page, from the key on. */
  readonly path: string;
}

export interface InterfaceParams extends HookName {
  readonly key: string;
  /** Of a further page or an action; left out for the first page. */
  readonly name?: string;
}

/** Which of the app's hooks an address names. */
export function buildFindHook(pages: readonly PageHook[]): (named: HookName) => PageHook | undefined {
  const hooks = new Map(pages.map((page) => [hookPath(page), page]));
  return (named) => hooks.get(hookPath(named));
}

export function isTarget({ pages, actions }: PageHook, kind: Place['kind'], name: string): boolean {
  if (kind === 'page') return name === '' || (pages !== undefined && Object.hasOwn(pages, name));
  return actions !== undefined && Object.hasOwn(actions, name);
}

/**
 * The first three looks, in this order: the key, its installation, its tenant. `frame` is told whose frame a refusal may be shown in as
 * soon as that is known.
 */
export async function findVisit(
  services: VisitServices,
  hook: PageHook | undefined,
  kind: Place['kind'],
  request: FastifyRequest<{ Params: InterfaceParams }>,
  frame: (origin: string) => void,
): Promise<Visit> {
  const { key, name = '' } = request.params;
  const id = hook && services.keyring.open(key, interfacePurpose(hook));
  const installation = id === undefined ? undefined : await services.connections.findInstallation(id);
  if (hook === undefined || installation === undefined) {
    await services.limitRefusals(request);
    throw new Refusal('unknown-key', 'This is not the address of a page of this app.');
  }
  if (installation.credentials) frame(solutionOf(installation.credentials.endpoint));
  // Said within the frame: an action's address that is reloaded is such a one.
  if (!isTarget(hook, kind, name)) throw new Refusal('not-found', 'The app has no such page.');
  const tenant = await findTenant(services, installation);
  frame(solutionOf(tenant.credentials.endpoint));
  const place: Place = { installationId: installation.id, hook, kind, name };
  return { hook, place, tenant, path: `/interfaces/${key}/${hookPath(hook)}` };
}

async function findTenant({ activate, connections }: VisitServices, installation: Installation): Promise<Tenant> {
  const active = installation.tenantId === undefined ? await activate(installation.id) : installation;
  const tenant = active?.tenantId === undefined ? undefined : await connections.findTenant(active.tenantId);
  if (tenant === undefined) {
    throw new Refusal(
      'not-connected',
      active?.fault ?? 'Microbizz has not finished the connection that this page belongs to.',
    );
  }
  return tenant;
}
