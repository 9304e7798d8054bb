import { appHandler, type Room, type Target } from './ports/inbox.ts';

/** The events that a claim has taken so far, and the room that is left. */
export interface Taken {
  /** How many more events of this target may be begun. */
  free(target: Target): number;
  /** Counts an event of so many bytes. False when there is no room for it: then it stays where it is. */
  take(target: Target, bytes: number): boolean;
  /** Nothing more is taken in this claim, for any target. */
  isFull(): boolean;
}

interface OfTenant {
  handlings: number;
  bytes: number;
  readonly targets: Map<number, number>;
}

/** Counts the room of a claim (ports/inbox.ts), for an adapter that claims event by event. */
export function countTaken(room: Room): Taken {
  const resting = new Set(room.resting);
  const taken = new Map<number, OfTenant>();
  const step = { handlings: 0, bytes: 0 };
  let full = false;

  return {
    free({ tenantId, forwardId }) {
      const [before, now] = [room.underWay.get(tenantId), taken.get(tenantId)];
      const busy = (target: number): number => (before?.targets.get(target) ?? 0) + (now?.targets.get(target) ?? 0);
      if (forwardId === appHandler) return resting.has(tenantId) ? 0 : room.perTarget - busy(appHandler);
      const forwards = (before?.handlings ?? 0) + (now?.handlings ?? 0) - busy(appHandler);
      return Math.min((room.shares.get(forwardId) ?? room.perForward) - busy(forwardId), room.forwards - forwards);
    },
    take({ tenantId, forwardId }, bytes) {
      full = step.handlings >= room.step || (step.handlings > 0 && step.bytes + bytes > room.stepBytes);
      if (full) return false;
      const before = room.underWay.get(tenantId);
      const own = taken.get(tenantId) ?? { handlings: 0, bytes: 0, targets: new Map<number, number>() };
      const fits = step.bytes + bytes <= room.bytes && (before?.bytes ?? 0) + own.bytes + bytes <= room.tenantBytes;
      if (!fits && (before?.handlings ?? 0) + own.handlings > 0) return false;
      taken.set(tenantId, own);
      for (const sum of [step, own]) {
        sum.handlings += 1;
        sum.bytes += bytes;
      }
      own.targets.set(forwardId, (own.targets.get(forwardId) ?? 0) + 1);
      return true;
    },
    isFull: () => full,
  };
}
