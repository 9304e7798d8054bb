const day = 86_400_000;

/** The columns of a forward that say since when it fails. */
export interface FailingRow {
  failing_since: number | null;
  last_failed_at: number | null;
  failed_days: number;
}

interface Failing {
  readonly since: number;
  readonly days: number;
}

/** Since when it fails, and on how many days of 24 hours from then it did. It starts again when the clock was set back: nothing is known then. */
export function countDays(row: FailingRow, now: number): Failing {
  const { failing_since: since, last_failed_at: last, failed_days: days } = row;
  if (since === null || (last !== null && now < last)) return { since: now, days: 1 };
  const place = (at: number): number => Math.floor((at - since) / day);
  return { since, days: place(now) > place(last ?? since) ? days + 1 : Math.max(days, 1) };
}

/** For so many days, and on so many of them: a clock that jumps makes no days of failure. */
export function hasFailedFor(days: number, failing: Failing, now: number): boolean {
  return now - failing.since >= days * day && failing.days >= days;
}
