import type { FastifyRequest } from 'fastify';
import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import { framersOf, type Installation, type Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../errors.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { interfacePurpose } from '../http/purposes.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Connections } from '../store/ports/connections.ts';
import type { PageHook } from './define-page.ts';
import type { Place } from './pass.ts';

export interface VisitServices {
  readonly keyring: Keyring;
  readonly connections: Pick<Connections, 'findInstallation' | 'findTenant'>;
  readonly limitRefusals: LimitRefusals;
  /** Verifies an installation that is not yet, and answers how it stands. */
  readonly verify: (installationId: string) => Promise<Installation | undefined>;
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
 * The first three checks, in this order: the key, its installation, its tenant. `frame` gets whose frame a refusal may be shown in as
 * soon as that is known.
 */
export async function findVisit(
  services: VisitServices,
  hook: PageHook | undefined,
  kind: Place['kind'],
  request: FastifyRequest<{ Params: InterfaceParams }>,
  frame: (origins: readonly string[]) => void,
): Promise<Visit> {
  const { key, name = '' } = request.params;
  const id = hook && services.keyring.open(key, interfacePurpose(hook));
  if (hook === undefined || id === undefined) {
    await services.limitRefusals(request);
    throw new Refusal('unknown-key', 'This is not the address of a page of this app.');
  }
  const installation = await services.connections.findInstallation(id);
  if (installation === undefined)
    throw new Refusal('not-connected', 'The connection that this page belongs to is not finished, or it was ended.');
  frame(framersOf(installation));
  // Said within the frame: this also happens when an action's address is reloaded.
  if (!isTarget(hook, kind, name)) throw new Refusal('not-found', 'The app has no such page.');
  const tenant = await findTenant(services, installation);
  frame(framersOf(tenant));
  const place: Place = { installationId: installation.id, hook, kind, name };
  return { hook, place, tenant, path: `/interfaces/${key}/${hookPath(hook)}` };
}

/** The tenant is its installation's: one that waits for the operator has none, however good its session. */
async function findTenant({ verify, connections }: VisitServices, installation: Installation): Promise<Tenant> {
  const verified = installation.tenantId === undefined ? await verify(installation.id) : installation;
  const tenant = verified?.tenantId === undefined ? undefined : await connections.findTenant(verified.tenantId);
  if (tenant !== undefined) return tenant;
  throw new Refusal(
    'not-connected',
    verified?.waits === true
      ? 'This connection waits for the approval of whoever runs the app.'
      : (verified?.fault ?? 'Microbizz has not finished the connection that this page belongs to.'),
  );
}
