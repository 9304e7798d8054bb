import { appHandler, type Claimed, type Room, type Target } from '../store/ports/inbox.ts';

export interface ShareLimits {
  /** Handlings under way at the same time for one tenant: by the app, by its forwards together, and by one of them. */
  readonly perTarget: number;
  readonly forwards: number;
  readonly perForward: number;
  /** Suspects at the same time. */
  readonly suspects: number;
  /** Events taken in one step, and bytes of them: each is read and parsed on the thread that answers. */
  readonly step: number;
  readonly stepBytes: number;
  /** Bytes of what is under way: of all, and of one tenant. A tenant that has nothing under way may always begin one. */
  readonly bytes: number;
  readonly tenantBytes: number;
}

/** How shares are named. */
function targetKey({ tenantId, forwardId }: Target): string {
  return `${tenantId}/${forwardId}`;
}

/** Milliseconds within which a success is fast. */
const fast = 1000;

interface Use {
  handlings: number;
  bytes: number;
}

interface State {
  readonly inUse: Map<string, Use>;
  /** Of forwards that have more than one. */
  readonly grown: Map<string, number>;
  readonly suspects: { running: number; alone: boolean; room: number };
}

export interface Shares {
  /** For one claim. What it takes counts from `begin` on. */
  room(): Room;
  begin(claimed: Claimed): void;
  end(claimed: Claimed, how: { readonly done: boolean; readonly ms: number }): void;
}

/**
 * Who may begin how much. A handling that waits for somebody else's network costs a promise and a socket, so there is no number of them
 * that all share, which slow ones could use up: there is a share for each tenant, and one for each destination, which grows from 1 with
 * its fast successes and falls back with its first slow one or failure. What all share is memory, and nobody is kept out by it.
 *
 * @param isResting true for a tenant whose Microbizz rests: its handlers wait outside
 */
export function buildShares(limits: ShareLimits, isResting: (tenantId: number) => boolean): Shares {
  const state: State = { inUse: new Map(), grown: new Map(), suspects: { running: 0, alone: false, room: 1 } };
  return {
    room: () => buildRoom(state, limits, isResting),
    begin(claimed) {
      count(state, claimed, 1);
    },
    end(claimed, { done, ms }) {
      count(state, claimed, -1);
      // Each suspect that ends, and the process with it does not, lets two others begin.
      const { suspects } = state;
      if (claimed.crashes > 0) suspects.room = Math.min(suspects.room * 2, limits.suspects);
      if (claimed.forwardId !== appHandler) grow(state, claimed, done && ms < fast, limits.perForward);
    },
  };
}

/** What one claim may take, beside what is under way. */
function buildRoom(
  { inUse, grown, suspects }: State,
  limits: ShareLimits,
  isResting: (tenantId: number) => boolean,
): Room {
  const taken = new Map<string, Use>();
  let step = { handlings: 0, bytes: 0 };
  let full = false;
  const used = (key: string): Use => sum(inUse.get(key), taken.get(key));
  return {
    free(target) {
      const { tenantId, forwardId } = target;
      const busy = used(targetKey(target)).handlings;
      if (forwardId === appHandler) return isResting(tenantId) ? 0 : limits.perTarget - busy;
      const mine = (grown.get(targetKey(target)) ?? 1) - busy;
      return Math.min(mine, limits.forwards - used(`${tenantId}/forwards`).handlings);
    },
    take(target, bytes) {
      full = step.handlings >= limits.step || (step.handlings > 0 && step.bytes + bytes > limits.stepBytes);
      if (full) return false;
      const ofTenant = used(`${target.tenantId}`);
      const fits = used('all').bytes + bytes <= limits.bytes && ofTenant.bytes + bytes <= limits.tenantBytes;
      if (!fits && ofTenant.handlings > 0) return false;
      step = { handlings: step.handlings + 1, bytes: step.bytes + bytes };
      for (const key of keysOf(target)) add(taken, key, { handlings: 1, bytes });
      return true;
    },
    isFull: () => full,
    suspects: suspects.alone ? 0 : suspects.room - suspects.running,
    alone: suspects.running === 0,
  };
}

function sum(one: Use | undefined, two: Use | undefined): Use {
  return {
    handlings: (one?.handlings ?? 0) + (two?.handlings ?? 0),
    bytes: (one?.bytes ?? 0) + (two?.bytes ?? 0),
  };
}

function add(uses: Map<string, Use>, key: string, more: Use): void {
  const use = sum(uses.get(key), more);
  if (use.handlings === 0) uses.delete(key);
  else uses.set(key, use);
}

/** All that an event of this target counts for. */
function keysOf(target: Target): string[] {
  const { tenantId, forwardId } = target;
  return ['all', `${tenantId}`, targetKey(target), ...(forwardId === appHandler ? [] : [`${tenantId}/forwards`])];
}

function count({ inUse, suspects }: State, claimed: Claimed, sign: 1 | -1): void {
  const { forwardId, bytes, crashes } = claimed;
  const more = { handlings: sign, bytes: sign * bytes };
  for (const key of keysOf({ tenantId: claimed.event.tenantId, forwardId })) add(inUse, key, more);
  if (crashes === 0) return;
  suspects.running += sign;
  suspects.alone = crashes > 1 && sign === 1;
}

function grow({ grown }: State, { event, forwardId }: Claimed, isFast: boolean, most: number): void {
  const key = targetKey({ tenantId: event.tenantId, forwardId });
  const share = isFast ? Math.min((grown.get(key) ?? 1) + 1, most) : 1;
  if (share === 1) grown.delete(key);
  else grown.set(key, share);
}
