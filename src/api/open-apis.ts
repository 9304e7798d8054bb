import type { Agent } from 'undici';
import type { Tenant } from '../domain/tenant.ts';
import { ApiError, type Apis } from './api.ts';
import { buildBatcher } from './batch-calls.ts';
import { buildApi, type ApiParts } from './build-api.ts';
import { usualLimits, type Limits } from './endpoint-policy.ts';
import { buildHostManners, type HostManners } from './host-manners.ts';
import { openMicrobizzAgent, postForm, type PostOptions } from './post-form.ts';
import { buildSender, type Sender } from './send-envelope.ts';
import type { TokenStore } from './watch-token.ts';

export interface ApisOptions {
  /** Where tenants are; not through a memory: after a refusal it is asked whether a tenant was connected anew. */
  readonly store: TokenStore;
  readonly now: () => number;
  /** A tenant's endpoint answers again after it did not. */
  readonly onReachable?: (tenantId: number) => void;
  readonly limits?: Partial<Limits>;
}

/** Opens what all tenants' calls share: the kept connections, and each tenant's queue. */
export function openApis({ store, now, onReachable = () => undefined, limits: given }: ApisOptions): Apis {
  const limits = { ...usualLimits, ...given };
  const closing = new AbortController();
  const tenants = new Map<number, { sender: Sender; parts: ApiParts }>();
  const hosts = new Map<string, HostManners>();
  let agent: Promise<Agent> | undefined;

  function hostOf(endpoint: string): HostManners {
    const { host } = new URL(endpoint);
    const known = hosts.get(host) ?? buildHostManners(limits);
    hosts.set(host, known);
    return known;
  }

  async function post(url: string, json: string, options: Omit<PostOptions, 'dispatcher'>) {
    return postForm(url, json, { ...options, dispatcher: await (agent ??= openMicrobizzAgent()) });
  }
  function open(tenant: Tenant) {
    const sender = buildSender(tenant, { store, now, limits, post, closing: closing.signal, hostOf, onReachable });
    const parts = { table: () => import('./commands.ts'), queue: buildBatcher(sender.send), send: sender.send };
    return { sender, parts };
  }

  return {
    of(tenant, defaults = {}) {
      const known = tenants.get(tenant.id) ?? open(tenant);
      tenants.set(tenant.id, known);
      known.sender.token.adopt(tenant);
      return buildApi(known.parts, defaults);
    },
    restsUntil(tenantId) {
      const endpoint = tenants.get(tenantId)?.sender.token.credentials().endpoint;
      const rests = endpoint === undefined ? 0 : hostOf(endpoint).rests();
      return rests === 0 ? undefined : now() + rests;
    },
    async raw(tenant, command, input = {}, options = {}) {
      if (closing.signal.aborted) throw new ApiError('transport', 'The server is being stopped', { command });
      const { sendRaw } = await import('./send-raw.ts');
      return sendRaw({ post, limit: limits.answer }, tenant.credentials, { command, input, options });
    },
    async close() {
      closing.abort();
      await (await agent)?.destroy();
    },
  };
}
