import type { FastifyBaseLogger } from 'fastify';
import type { Apis } from '../../microbizz/api/api.ts';
import { interfaceVariables } from '../../microbizz/domain/catalogue.ts';
import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import type { Forwards } from '../forwards/forwards.ts';
import type { Gaps } from '../gaps/gaps.ts';
import type { Language } from '../http/language.ts';
import type { History } from '../store/ports/history.ts';
import type { RetentionStore } from '../store/ports/retention.ts';
import type { PageContext } from './define-page.ts';
import type { Pass } from './pass.ts';
import { bindForwards } from './tenant-forwards.ts';
import { bindHistory, type ReadEvents } from './tenant-history.ts';

export interface ContextServices {
  readonly apis: Pick<Apis, 'of' | 'ask'>;
  readonly history: History;
  readonly retention: RetentionStore;
  readonly eventReader: ReadEvents;
  readonly forwards: Forwards;
  readonly gaps: Pick<Gaps, 'run' | 'runs' | 'unlisted'>;
  /** When a tenant was connected first. */
  readonly findConnectedAt: (tenantId: number) => Promise<number | undefined>;
  /** RETENTION_DAYS. */
  readonly retentionDays: number;
  readonly publicUrl: string;
  /** A link, valid once, that reconnects this tenant. */
  readonly reconnectUrl: (tenantId: number) => string;
  readonly now: () => number;
}

export interface Visitor {
  readonly tenant: Tenant;
  readonly pass: Pick<Pass, 'userid' | 'variables'>;
  readonly hook: HookName;
  readonly language: Language;
  readonly log: Pick<FastifyBaseLogger, 'child'>;
  /** Ends with the request. */
  readonly signal: AbortSignal;
}

/** Everything that a page is given, and all of it the tenant's own: no page ever says whose data it wants. */
export function buildContext(services: ContextServices, visitor: Visitor): Omit<PageContext, 'query'> {
  const { history, retention, gaps, now } = services;
  const { tenant, pass, hook, language, log, signal } = visitor;
  const { id, contract, host, solution, refusedAt } = tenant;
  const absent = Object.fromEntries(interfaceVariables(hook).map((name) => [name, '']));
  return {
    tenant: { id, contract, host, solution, refusedAt },
    userid: pass.userid,
    variables: { ...absent, ...pass.variables },
    language,
    now: now(),
    api: services.apis.of(tenant, { signal }),
    history: bindHistory(history, services.eventReader, id),
    forwards: bindForwards(services.forwards, id, now),
    log: log.child({ tenant: id, userid: pass.userid, hook: hookPath(hook) }),
    gaps: { run: () => gaps.run(id), runs: () => gaps.runs(id), unlisted: gaps.unlisted },
    settings: {
      findRetention: () => retention.find(id),
      setRetention: (days) => retention.set(id, days),
      mostDays: services.retentionDays,
      findConnectedAt: () => services.findConnectedAt(id),
    },
    reconnectUrl: services.reconnectUrl(id),
  };
}
