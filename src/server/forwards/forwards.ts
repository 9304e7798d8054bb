import { randomBytes } from 'node:crypto';
import type { Secret } from '../../microbizz/domain/secret.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import type { Lookup } from '../../microbizz/outbound/lookup-host.ts';
import { Refusal } from '../errors.ts';
import type { OperatorStore } from '../store/ports/operator.ts';
import { addForward, type Adding, type WantedForward } from './add-forward.ts';
import { writeBody, type BuildBody } from './build-message.ts';
import { buildDestinationRules } from './destination-rules.ts';
import type { Forward, ForwardAttempt, ForwardStore, PauseReason } from '../store/ports/forwards.ts';
import { openGuardedPost, type GuardedPost } from './guarded-post.ts';
import type { Posted } from './post-signed.ts';
import { buildSendForward, type SendForward, type SendOptions } from './send-forward.ts';
import { pauseForward, removeForward, settleForward } from './settle-forward.ts';
import { newWebhookSecret, readWebhookSecret } from './webhook-secret.ts';

/** Milliseconds for one message: name, connection, answer. */
const sendTime = 15_000;
/** Milliseconds that an old secret stays valid beside a new one. */
const overlapTime = 24 * 3_600_000;

export interface ForwardsOptions {
  readonly store: ForwardStore;
  /** For each event: may be a second old. */
  readonly findToSend: ForwardStore['find'];
  readonly findTenant: (id: number) => Promise<Tenant | undefined>;
  /** `modcode/hook` of every event that the app subscribes to. */
  readonly hooks: readonly string[];
  /** FORWARD_PRIVATE_HOSTS. */
  readonly privateHosts: readonly string[];
  readonly lookup: Lookup;
  readonly buildBody: BuildBody;
  readonly now: () => number;
  /** How an event is named outside. */
  readonly nameOf: (eventId: number) => Promise<string>;
  readonly replay: OperatorStore['replay'];
  /** Something has become ready. */
  readonly nudge: () => void;
  /** Milliseconds for one message; 15,000 when left out. */
  readonly time?: number;
}

/** An operator's acts on forwards, and the worker's. Refuses with a sentence that can be shown. */
export interface Forwards {
  /** `modcode/hook` of every event that can be forwarded. */
  readonly hooks: readonly string[];
  nameOf(eventId: number): Promise<string>;
  list(tenantId?: number): Promise<Forward[]>;
  find(id: number): Promise<Forward | undefined>;
  add(wanted: WantedForward): Promise<Forward>;
  /** Its events go on being queued. `reason` left out: the operator did it. */
  pause(id: number, reason?: PauseReason): Promise<void>;
  /** Sends the queued events, beginning now. */
  resume(id: number): Promise<void>;
  /** With all events that wait for it. The record of sent events stays. */
  remove(id: number): Promise<void>;
  /** A new secret signs from now on, and for `overlap` ms the old ones beside it. Answers the new one. */
  rotate(id: number, change?: Rotation): Promise<Secret>;
  /**
   * Sends a signed `appconnect.test`, even while it is paused, and reports the result, with the beginning of the answer's body. Nothing is
   * noted.
   */
  test(id: number): Promise<Posted>;
  /** The results of the last attempts, newest first. */
  attempts(id: number, limit: number): Promise<ForwardAttempt[]>;
  /** Puts one event of its tenant back into its lane, to be sent again. */
  replay(id: number, eventId: number): Promise<void>;
  /** For the worker. */
  buildSend(log: SendOptions['log']): SendForward;
  /** Completes an interrupted pause or resume: at the start of the process. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

interface Rotation {
  readonly overlap?: number;
  readonly secret?: string;
}

/** The state that all of them work on. */
type Room = ForwardsOptions & Adding & { readonly guarded: GuardedPost };

export function buildForwards(options: ForwardsOptions): Forwards {
  const { store, now, lookup, time = sendTime } = options;
  const rules = buildDestinationRules(options.privateHosts, lookup);
  const room: Room = { ...options, rules, guarded: openGuardedPost({ rules, lookup, now, time }) };
  return {
    hooks: options.hooks,
    nameOf: options.nameOf,
    list: (tenantId) => store.list(tenantId),
    find: (id) => store.find(id),
    add: (wanted) => addForward(room, wanted),
    async pause(id, reason = 'operator') {
      orMissing(id, await pauseForward(store, id, reason));
    },
    resume: (id) => resume(room, id),
    async remove(id) {
      orMissing(id, await removeForward(store, id));
    },
    rotate: (id, change) => rotate(room, id, change),
    test: (id) => test(room, id),
    attempts: (id, limit) => store.listAttempts(id, limit),
    replay: (id, eventId) => replay(room, id, eventId),
    buildSend: (log) =>
      buildSendForward({
        ...room,
        post: (forward, message, signal) => room.guarded.post(forward, message, { signal }),
        log,
      }),
    async settle() {
      for (const { id } of await store.list()) await settleForward(store, id);
    },
    close: () => room.guarded.close(),
  };
}

async function resume({ store, nudge }: Room, id: number): Promise<void> {
  orMissing(id, await store.resume(id));
  await settleForward(store, id);
  nudge();
}

async function rotate(
  { store, now }: Room,
  id: number,
  { overlap = overlapTime, secret }: Rotation = {},
): Promise<Secret> {
  const fresh = secret === undefined ? newWebhookSecret() : readWebhookSecret(secret);
  orMissing(id, await store.rotateSecret(id, fresh, now(), now() + overlap));
  return fresh;
}

async function test(room: Room, id: number): Promise<Posted> {
  const forward = await get(room, id);
  const tenant = await room.findTenant(forward.tenantId);
  const data = { contract: tenant?.contract, host: tenant?.host };
  const name = `test_${randomBytes(12).toString('base64url')}`;
  const body = writeBody('appconnect.test', room.now(), JSON.stringify(data));
  return room.guarded.post(forward, { id: name, body }, { keepBody: true });
}

async function replay(room: Room, id: number, eventId: number): Promise<void> {
  const { tenantId } = await get(room, id);
  const { done } = await room.replay({ ids: [eventId], tenantId, forwardId: id }, { after: 0 });
  if (done === 0) throw new Refusal('not-found', `There is no evt_${eventId} to send again.`);
  room.nudge();
}

async function get({ store }: Room, id: number): Promise<Forward> {
  return (await store.find(id)) ?? missing(id);
}

function orMissing(id: number, found: boolean): void {
  if (!found) missing(id);
}

function missing(id: number): never {
  throw new Refusal('not-found', `There is no forward ${id}.`);
}
