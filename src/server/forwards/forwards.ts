import { randomBytes } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { Secret } from '../../microbizz/domain/secret.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal } from '../errors.ts';
import type { OperatorStore } from '../inbox/operator-store.ts';
import type { Lookup } from '../../microbizz/outbound/lookup-host.ts';
import { writeBody, type Message } from './build-message.ts';
import { buildDestinationRules } from './destination-rules.ts';
import type { Forward, ForwardAttempt, ForwardStore } from './forward.ts';
import { openGuardedAgent } from './guarded-agent.ts';
import type { PauseReason } from './pause-reasons.ts';
import { postSigned, type Posted } from './post-signed.ts';
import { buildSendForward, type SendOptions } from './send-forward.ts';
import { pauseForward, removeForward, settleForward } from './settle-forward.ts';
import { newWebhookSecret, readWebhookSecret } from './webhook-secret.ts';

/** Milliseconds for one message: name, connection, answer. */
const sendTime = 15_000;
/** Forwards of one tenant: each event is a row and a request for each of them. */
export const mostForwards = 20;
/** Milliseconds that an old secret stays valid beside a new one. */
const overlapTime = 24 * 3_600_000;

export interface ForwardsOptions {
  readonly store: ForwardStore;
  readonly findTenant: (id: number) => Promise<Tenant | undefined>;
  /** `modcode/hook` of all events that the app is told of. */
  readonly hooks: readonly string[];
  /** FORWARD_PRIVATE_HOSTS. */
  readonly privateHosts: readonly string[];
  readonly lookup: Lookup;
  readonly now: () => number;
  /** How an event is named outside. */
  readonly nameOf: (eventId: number) => string;
  readonly replay: OperatorStore['replay'];
  /** Something has become ready. */
  readonly nudge: () => void;
  /** Milliseconds for one message; 15,000 when left out. */
  readonly time?: number;
}

export type Forwards = ReturnType<typeof buildForwards>;

/** What an operator can do with forwards, and what the worker needs of them. Refuses with a sentence that can be shown. */
export function buildForwards(options: ForwardsOptions) {
  const { store, findTenant, now, nudge, lookup, time = sendTime } = options;
  const rules = buildDestinationRules(options.privateHosts, lookup);
  let opened: Promise<Dispatcher> | undefined;

  async function post(
    forward: Forward,
    message: Message,
    more: { signal?: AbortSignal; keepBody?: boolean },
  ): Promise<Posted> {
    // The rules may have become stricter since the forward was added.
    const refusal = rules.refuseUrl(forward.url);
    if (refusal !== undefined) return { fault: `Not sent: ${refusal.says}.`, ms: 0 };
    const agent = await (opened ??= openGuardedAgent(rules, lookup));
    return postSigned(forward, message, { agent, now, time, ...more });
  }
  async function get(id: number): Promise<Forward> {
    return (await store.find(id)) ?? missing(id);
  }

  return {
    /** `modcode/hook` of every event that can be forwarded. */
    hooks: options.hooks,

    nameOf: options.nameOf,
    list: (tenantId?: number): Promise<Forward[]> => store.list(tenantId),
    find: (id: number): Promise<Forward | undefined> => store.find(id),

    /** `hooks` empty or left out: all. The secret is made here unless the receiver brings one; the answer holds it. */
    async add(wanted: { tenantId: number; url: string; hooks?: readonly string[]; secret?: string }): Promise<Forward> {
      const { tenantId, url, hooks = [], secret } = wanted;
      if ((await findTenant(tenantId)) === undefined) throw new Refusal('not-found', `There is no tenant ${tenantId}.`);
      const unknown = hooks.find((hook) => !options.hooks.includes(hook));
      if (unknown !== undefined)
        throw new Refusal('bad-request', `The app has no hook ${unknown}. Its hooks are: ${options.hooks.join(', ')}.`);
      const refusal = await rules.refuseDestination(url);
      if (refusal !== undefined) {
        const { kind, says } = refusal;
        throw new Refusal('bad-request', `The URL cannot be a destination: ${says}.`, { kind });
      }
      const given = secret === undefined ? newWebhookSecret() : readWebhookSecret(secret);
      const added = await store.add(
        { tenantId, url: withoutFragment(url), hooks: [...new Set(hooks)], secret: given },
        mostForwards,
      );
      if (added === 'same')
        throw new Refusal('bad-request', 'The URL cannot be a destination: this tenant has a forward to it already.', {
          kind: 'same',
        });
      if (added === 'full')
        throw new Refusal('bad-request', `This tenant has ${mostForwards} forwards, and cannot have more.`, {
          kind: 'full',
        });
      return added;
    },

    /** Its events go on being queued. */
    async pause(id: number, reason: PauseReason = 'operator'): Promise<void> {
      if (!(await pauseForward(store, id, reason))) missing(id);
    },

    /** Sends what has queued up, beginning now. */
    async resume(id: number): Promise<void> {
      if (!(await store.resume(id))) missing(id);
      await settleForward(store, id);
      nudge();
    },

    /** With all that waits for it. What was sent stays on record. */
    async remove(id: number): Promise<void> {
      if (!(await removeForward(store, id))) missing(id);
    },

    /** A new secret signs from now on, and for `overlap` ms the old ones beside it. Answers the new one. */
    async rotate(
      id: number,
      { overlap = overlapTime, secret }: { overlap?: number; secret?: string } = {},
    ): Promise<Secret> {
      const fresh = secret === undefined ? newWebhookSecret() : readWebhookSecret(secret);
      if (!(await store.rotateSecret(id, fresh, now(), now() + overlap))) missing(id);
      return fresh;
    },

    /**
     * Sends a signed `appconnect.test`, also while it is paused, and tells what came of it, with how the answer's body begins. Nothing is
     * noted.
     */
    async test(id: number): Promise<Posted> {
      const forward = await get(id);
      const tenant = await findTenant(forward.tenantId);
      const data = { contract: tenant?.contract, host: tenant?.host };
      const name = `test_${randomBytes(12).toString('base64url')}`;
      return post(
        forward,
        { id: name, body: writeBody('appconnect.test', now(), JSON.stringify(data)) },
        { keepBody: true },
      );
    },

    /** What the last attempts came to, newest first. */
    attempts: (id: number, limit: number): Promise<ForwardAttempt[]> => store.listAttempts(id, limit),

    /** Puts one event of its tenant back into its lane, to be sent again. */
    async replay(id: number, eventId: number): Promise<void> {
      const { tenantId } = await get(id);
      const { done } = await options.replay({ ids: [eventId], tenantId, forwardId: id }, { after: 0 });
      if (done === 0) throw new Refusal('not-found', `There is no evt_${eventId} to send again.`);
      nudge();
    },

    /** For the worker. */
    buildSend: (log: SendOptions['log']) =>
      buildSendForward({
        store,
        findTenant,
        nameOf: options.nameOf,
        post: (forward, message, signal) => post(forward, message, { signal }),
        now,
        log,
      }),

    /** Ends what an interrupted pause or resume began: at the start of the process. */
    async settle(): Promise<void> {
      for (const { id } of await store.list()) await settleForward(store, id);
    },

    async close(): Promise<void> {
      await (await opened)?.destroy();
    },
  };
}

/** It is never sent, so two URLs that differ in it are one destination. */
function withoutFragment(text: string): string {
  const url = new URL(text);
  url.hash = '';
  return url.href;
}

function missing(id: number): never {
  throw new Refusal('not-found', `There is no forward ${id}.`);
}
