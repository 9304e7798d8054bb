import type { Tenant } from '../../microbizz/domain/tenant.ts';
import type { AttemptPosted, Claimed } from '../store/ports/inbox.ts';
import type { Outcome } from '../inbox/attempt.ts';
import type { BuildBody, Message } from './build-message.ts';
import type { Forward, ForwardStore, PauseReason } from '../store/ports/forwards.ts';
import { pauseReasons } from './pause-reasons.ts';
import type { Posted } from './post-signed.ts';
import { pauseForward } from './settle-forward.ts';

/** Days of nothing but failure after which a forward is paused. */
const patience = 3;

export interface SendOptions {
  readonly store: ForwardStore;
  readonly findToSend: ForwardStore['find'];
  readonly findTenant: (id: number) => Promise<Tenant | undefined>;
  readonly post: (forward: Forward, message: Message, signal: AbortSignal) => Promise<Posted>;
  readonly buildBody: BuildBody;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
}

/** Hands one claimed event on to its forward. Ends its failures, or pauses it when it is gone or has failed for days. */
export type SendForward = (
  claimed: Pick<Claimed, 'event' | 'name' | 'forwardId' | 'previous'>,
  signal: AbortSignal,
) => Promise<Outcome>;

export function buildSendForward(options: SendOptions): SendForward {
  const { store, now, log } = options;

  return async ({ event, name, forwardId, previous }, signal) => {
    const [forward, tenant] = await Promise.all([options.findToSend(forwardId), options.findTenant(event.tenantId)]);
    if (forward === undefined) return { kind: 'failed', fault: 'The forward is not there any more.' };
    if (tenant === undefined) return { kind: 'failed', fault: 'The tenant is not there any more.' };
    const { contract, host } = tenant;
    const message = {
      id: name,
      body: await options.buildBody(event, previous, { contract, host }),
    };
    const { status, fault, retryAfter, ms } = await options.post(forward, message, signal);
    const posted = { ms, ...(status !== undefined && { status }) };
    if (fault === undefined) return { kind: 'handled', posted };
    // The process stops, or the worker has given up: that says nothing of the destination.
    if (signal.aborted) return { kind: 'failed', fault };
    if (status === 410) return hold(forward, { fault, posted }, 'gone');
    const noted = await store.noteFailure(forwardId, now(), patience, 'failing');
    if (noted === 'paused') return hold(forward, { fault, posted }, 'failing');
    if (noted === 'was-paused') return { kind: 'held', fault, posted };
    return { kind: 'failed', fault, posted, ...(retryAfter !== undefined && { retryAfter }) };
  };

  /** The event stays first of its lane, and goes out when somebody resumes the forward. */
  async function hold(
    { id, tenantId }: Forward,
    ended: { fault: string; posted: AttemptPosted },
    reason: PauseReason,
  ): Promise<Outcome> {
    await pauseForward(store, id, reason);
    log.warn({ tenant: tenantId, forward: id, reason: pauseReasons[reason] }, 'forward paused');
    return { kind: 'held', ...ended };
  }
}
