import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../errors.ts';
import type { DestinationRules } from './destination-rules.ts';
import type { Forward, ForwardStore } from '../store/ports/forwards.ts';
import { newWebhookSecret, readWebhookSecret } from './webhook-secret.ts';

/** Forwards per tenant: each event is a row and a request for each of them. */
const mostForwards = 20;

export interface WantedForward {
  readonly tenantId: number;
  readonly url: string;
  /** Empty or left out: all. */
  readonly hooks?: readonly string[];
  /** Made here when the receiver brings none. */
  readonly secret?: string;
}

export interface Adding {
  readonly store: Pick<ForwardStore, 'add'>;
  readonly rules: DestinationRules;
  readonly findTenant: (id: number) => Promise<Tenant | undefined>;
  /** `modcode/hook` of every event that can be forwarded. */
  readonly hooks: readonly string[];
}

/** The forward that was added holds its secret. Refuses with a sentence that can be shown. */
export async function addForward(adding: Adding, wanted: WantedForward): Promise<Forward> {
  const { tenantId, url, hooks = [], secret } = wanted;
  if ((await adding.findTenant(tenantId)) === undefined)
    throw new Refusal('not-found', `There is no tenant ${tenantId}.`);
  const unknown = hooks.find((hook) => !adding.hooks.includes(hook));
  if (unknown !== undefined)
    throw new Refusal('bad-request', `The app has no hook ${unknown}. Its hooks are: ${adding.hooks.join(', ')}.`);
  const refusal = await adding.rules.refuseDestination(url);
  if (refusal !== undefined) throw unfit(refusal.kind, refusal.says);
  const given = secret === undefined ? newWebhookSecret() : readWebhookSecret(secret);
  const added = await adding.store.add(
    { tenantId, url: withoutFragment(url), hooks: [...new Set(hooks)], secret: given },
    mostForwards,
  );
  if (added === 'same') throw unfit('same', 'this tenant has a forward to it already');
  if (added === 'full')
    throw new Refusal('bad-request', `This tenant has ${mostForwards} forwards, and cannot have more.`, {
      kind: 'full',
    });
  return added;
}

function unfit(kind: string, says: string): Refusal {
  return new Refusal('bad-request', `The URL cannot be a destination: ${says}.`, { kind });
}

/** It is never sent, so two URLs that differ in it are one destination. */
function withoutFragment(text: string): string {
  const url = new URL(text);
  url.hash = '';
  return url.href;
}
