import type { Secret } from '../../../microbizz/domain/secret.ts';
import type { Sealed } from './sealed.ts';

/** Why a forward may be paused. In words: forwards/pause-reasons.ts. */
export type PauseReason = 'page' | 'operator' | 'failing' | 'gone' | 'removing' | 'secret-lost';

/** A tenant's own system that its events are handed on to. */
export interface Forward<Key = Secret> {
  readonly id: number;
  readonly tenantId: number;
  readonly url: string;
  /** `modcode/hook` of each hook that it gets. Empty: all of them. */
  readonly hooks: readonly string[];
  /** Newest first. All that are still valid sign each message, so that a receiver can change over in its own time. */
  readonly secrets: readonly ForwardSecret<Key>[];
  /** Why it is paused; undefined while it is not. */
  readonly paused: PauseReason | undefined;
  /** The time of the first failure since its last success; undefined while it does not fail. */
  readonly failingSince: number | undefined;
}

export interface ForwardSecret<Key = Secret> {
  readonly secret: Key;
  /** When it stops being valid, in milliseconds since 1970; undefined in the newest. */
  readonly until: number | undefined;
}

/** The result of one attempt to forward an event. */
export interface ForwardAttempt {
  readonly eventId: number;
  /** Milliseconds since 1970: when it ended. */
  readonly at: number;
  /** 1 for the first. */
  readonly attempt: number;
  /** HTTP status; missing when no answer came. */
  readonly status?: number;
  /** How long it took; missing when it was given up. */
  readonly ms?: number;
  /** Missing when the destination took it. */
  readonly fault?: string;
}

export type NewForward<Key = Secret> = Pick<Forward, 'tenantId' | 'url' | 'hooks'> & { readonly secret: Key };

/**
 * The store of forwards. Each method is one whole act. A paused forward may have a hundred thousand lanes, so setting their heads
 * aside takes many small acts (`settle`), each of which does what `paused` says at its time: if one is interrupted, the next completes it.
 */
export interface ForwardStore<Key = Secret> {
  /** By id; of one tenant, or all. */
  list(tenantId?: number): Promise<Forward<Key>[]>;
  find(id: number): Promise<Forward<Key> | undefined>;
  /** `same`: the tenant has one with this URL. `full`: it has `most`. Then nothing is added. */
  add(forward: NewForward<Key>, most: number): Promise<Forward<Key> | 'same' | 'full'>;
  /** Nothing is claimed for it from now on. The first reason stays. False when there is no such forward. */
  pause(id: number, reason: PauseReason): Promise<boolean>;
  /** Its days of failure begin again from none. False when there is no such forward. */
  resume(id: number): Promise<boolean>;
  /** Makes at most `limit` heads of lanes `held` while it is paused, else `ready` now for a first attempt. Answers how many. */
  settle(id: number, limit: number): Promise<number>;
  /**
   * Deletes at most `limit` of its open handlings, then of its attempts, and itself once none is left: then true. Finished handlings are kept.
   */
  removeSome(id: number, limit: number): Promise<boolean>;
  /** Newest first. */
  listAttempts(id: number, limit: number): Promise<ForwardAttempt[]>;
  /** The older secrets end at `oldUntil`, or earlier if that was set before. False when there is no such forward. */
  rotateSecret(id: number, secret: Key, now: number, oldUntil: number): Promise<boolean>;
  /**
   * Notes the failure, and pauses a forward that has only failed for `days` days, and on so many different days: a clock that
   * jumps makes no days of failure. A success (WorkStep.finishes) resets them.
   */
  noteFailure(id: number, now: number, days: number, reason: PauseReason): Promise<'failing' | 'paused' | 'was-paused'>;
}

/** The same of an adapter: a secret is sealed for its forward, so the forward's id is there before it. */
export interface SealedForwards extends Omit<ForwardStore<Sealed>, 'add'> {
  /** An id that no forward has or will get. */
  reserveId(): Promise<number>;
  /** As `add`, with an id that was reserved. */
  add(id: number, forward: NewForward<Sealed>, most: number): Promise<Forward<Sealed> | 'same' | 'full'>;
}
