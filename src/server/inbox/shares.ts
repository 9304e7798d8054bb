import { appHandler, type Claimed, type Room } from '../store/ports/inbox.ts';

export interface ShareLimits {
  /** Handlings under way at the same time for one tenant: by the app, by its forwards together, and by one of them. */
  readonly perTarget: number;
  readonly forwards: number;
  readonly perForward: number;
  /** Suspects at the same time. */
  readonly suspects: number;
  /** The most events claimed in one step, and their bytes: each is read and parsed on the thread that answers. */
  readonly step: number;
  readonly stepBytes: number;
  /** Bytes of events under way: of all, and of one tenant. A tenant that has nothing under way may always begin one. */
  readonly bytes: number;
  readonly tenantBytes: number;
}

/** Milliseconds within which a success is fast. */
const fast = 1000;

interface Load {
  handlings: number;
  bytes: number;
  readonly targets: Map<number, number>;
}

interface State {
  /** By tenant: those that have anything under way. */
  readonly underWay: Map<number, Load>;
  /** Of all that is under way. */
  bytes: number;
  /** Of forwards that have more than one. */
  readonly grown: Map<number, number>;
  readonly suspects: { running: number; alone: boolean; room: number };
}

export interface Shares {
  /**
   * For one claim. Its events count from `begin` on. The maps are not copied for it, so they may show events that end before they are read.
   *
   * @param resting tenants whose Microbizz rests: their handlers wait outside
   */
  room(resting: readonly number[]): Room;
  begin(claimed: Claimed): void;
  end(claimed: Claimed, how: { readonly done: boolean; readonly ms: number }): void;
}

/**
 * Who may begin how much. A handling that waits for somebody else's network costs a promise and a socket, so there is no common limit on
 * their number, which slow ones could use up: there is a share for each tenant, and one for each destination, which grows from 1 with
 * its fast successes and falls back with its first slow one or failure. Only memory is shared by all, and nobody is kept out by it.
 */
export function buildShares(limits: ShareLimits): Shares {
  const state: State = {
    underWay: new Map(),
    bytes: 0,
    grown: new Map(),
    suspects: { running: 0, alone: false, room: 1 },
  };
  return {
    room: (resting) => roomOf(state, limits, resting),
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

function roomOf({ underWay, bytes, grown, suspects }: State, limits: ShareLimits, resting: readonly number[]): Room {
  return {
    step: limits.step,
    stepBytes: limits.stepBytes,
    perTarget: limits.perTarget,
    forwards: limits.forwards,
    perForward: 1,
    shares: grown,
    bytes: limits.bytes - bytes,
    tenantBytes: limits.tenantBytes,
    underWay,
    resting,
    suspects: suspects.alone ? 0 : suspects.room - suspects.running,
    alone: suspects.running === 0,
  };
}

function count(state: State, { event: { tenantId }, forwardId, bytes, crashes }: Claimed, sign: 1 | -1): void {
  const { underWay, suspects } = state;
  const load = underWay.get(tenantId) ?? { handlings: 0, bytes: 0, targets: new Map<number, number>() };
  load.handlings += sign;
  load.bytes += sign * bytes;
  state.bytes += sign * bytes;
  const ofTarget = (load.targets.get(forwardId) ?? 0) + sign;
  if (ofTarget === 0) load.targets.delete(forwardId);
  else load.targets.set(forwardId, ofTarget);
  if (load.handlings === 0) underWay.delete(tenantId);
  else underWay.set(tenantId, load);
  if (crashes === 0) return;
  suspects.running += sign;
  suspects.alone = crashes > 1 && sign === 1;
}

function grow({ grown }: State, { forwardId }: Claimed, isFast: boolean, most: number): void {
  const share = isFast ? Math.min((grown.get(forwardId) ?? 1) + 1, most) : 1;
  if (share === 1) grown.delete(forwardId);
  else grown.set(forwardId, share);
}
