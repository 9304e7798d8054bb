import type { Tenant } from '../domain/tenant.ts';
import type { Apis, RunOptions } from './api.ts';
import { buildBatcher } from './batch-calls.ts';
import { openCall } from './call.ts';
import { resultAt } from './call-result.ts';
import { buildApi, type ApiParts } from './api-facade.ts';
import { usualLimits, type Limits } from './tenant-policy.ts';
import { buildHostPolicy, type HostPolicy } from './host-policy.ts';
import { prepareCall, type Prepared } from './prepare-call.ts';
import { sendRaw } from './send-raw.ts';
import { buildSender, usualTime, type Sender } from './tenant-sender.ts';
import type { TokenStore } from './watch-token.ts';

export interface ApisOptions {
  /** The store of tenants, without a cache: after a refusal it is asked whether a tenant was reconnected. */
  readonly store: TokenStore;
  readonly now: () => number;
  /** A tenant's endpoint answers again after it did not. */
  readonly onReachable?: (tenantId: number) => void;
  readonly limits?: Partial<Limits>;
}

/** Bytes of answer to commands that answer with a few words. */
const shortAnswer = 1024 * 1024;
/** The table takes a while to build; it is there at the first call. */
const table = () => import('./commands/table.ts');

/** Opens what all tenants' calls share: the kept connections, and each tenant's queue. */
export function openApis({ store, now, onReachable = () => undefined, limits: given }: ApisOptions): Apis {
  const limits = { ...usualLimits, ...given };
  const closing = new AbortController();
  const tenants = new Map<number, { sender: Sender; parts: ApiParts }>();
  const hosts = new Map<string, HostPolicy>();
  /** Parsing 1,000 URLs takes a millisecond. */
  const byEndpoint = new Map<string, HostPolicy>();
  const { call, close } = openCall();

  function hostOf(endpoint: string): HostPolicy {
    const known = byEndpoint.get(endpoint);
    if (known !== undefined) return known;
    const { host } = new URL(endpoint);
    const policy = hosts.get(host) ?? buildHostPolicy(limits);
    hosts.set(host, policy);
    byEndpoint.set(endpoint, policy);
    return policy;
  }

  function open(tenant: Tenant) {
    const sender = buildSender(tenant, { store, now, limits, call, closing: closing.signal, hostOf, onReachable });
    const parts = { table, queue: buildBatcher(sender.send), send: sender.send };
    return { sender, parts };
  }
  async function prepare(command: string, input: object, options: RunOptions): Promise<Prepared> {
    return prepareCall(command, input, (await table()).findCommand(command), options);
  }

  return {
    of(tenant, defaults = {}) {
      const known = tenants.get(tenant.id) ?? open(tenant);
      tenants.set(tenant.id, known);
      known.sender.token.adopt(tenant);
      return buildApi(known.parts, defaults);
    },
    resting() {
      const found = new Map<number, number>();
      if (![...hosts.values()].some((host) => host.rests() > 0)) return found;
      for (const [id, { sender }] of tenants) {
        const rests = hostOf(sender.token.credentials().endpoint).rests();
        if (rests > 0) found.set(id, now() + rests);
      }
      return found;
    },
    async raw(tenant, command, input = {}, options = {}) {
      const prepared = await prepare(command, input, options);
      const signal = options.signal ? AbortSignal.any([closing.signal, options.signal]) : closing.signal;
      const given = { ...options, timeout: options.timeout ?? usualTime, limit: limits.answer, signal };
      return sendRaw(call, tenant.credentials, prepared, given);
    },
    async ask(credentials, command, input, { timeout }) {
      const prepared = await prepare(command, input, {});
      return resultAt(await call(credentials, [prepared], { timeout, limit: shortAnswer, signal: closing.signal }), 0);
    },
    close() {
      closing.abort();
      return close();
    },
  };
}
