import type { OperatorStore } from '../store/ports/operator.ts';

const day = 86_400_000;
/** Milliseconds that the clock may have moved since the last round of housekeeping, an hour ago while the server runs. */
export const mostMoved = 7 * day;

/**
 * Whether anything may be removed because of its age. A clock that is years ahead, as before NTP has set it, would remove everything at once:
 * so the clock is compared with the last time that was noted, and an operator is asked when it has moved by more than a week.
 */
export async function mayRemove(
  store: Pick<OperatorStore, 'lastSeen' | 'noteSeen'>,
  now: number,
  log: { error(fields: object, message: string): void },
): Promise<boolean> {
  const seen = await store.lastSeen();
  if (seen !== undefined && now - seen > mostMoved) {
    log.error(
      { clock: new Date(now).toISOString(), noted: new Date(seen).toISOString() },
      'nothing is removed: the clock has moved further than a week since it was last noted. If it is right: appconnect retention confirm',
    );
    return false;
  }
  await store.noteSeen(now);
  return true;
}
