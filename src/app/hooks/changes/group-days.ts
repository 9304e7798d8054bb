import { hookPath, type HookName } from '../../../microbizz/domain/hook.ts';
import { addDays, daysOf, type Period } from './period.ts';

export type Step = 'day' | 'week' | 'month';

/** A column of the picture and a row of its table. */
export interface Column {
  /** The day that it begins with. */
  readonly from: string;
  /** Changes by kind (`modcode/hook`), in the order of the kinds. */
  readonly counts: readonly number[];
  readonly total: number;
}

export interface DayCount extends HookName {
  readonly day: string;
  readonly changes: number;
}

/** As fine as still makes columns that can be distinguished on a telephone. */
export function stepFor({ since, until }: Period): Step {
  const days = (Date.parse(until) - Date.parse(since)) / 86_400_000;
  return days <= 62 ? 'day' : days <= 400 ? 'week' : 'month';
}

/** Every period of the range has its column, whether anything changed in it or not. */
export function groupDays(period: Period, kinds: readonly string[], counts: readonly DayCount[]): Column[] {
  const step = stepFor(period);
  const begins = [...new Set(daysOf(period).map((day) => beginOf(day, step)))];
  const sums = new Map(begins.map((begin) => [begin, kinds.map(() => 0)]));
  for (const count of counts) {
    const sum = sums.get(beginOf(count.day, step));
    const at = kinds.indexOf(hookPath(count));
    if (sum && at !== -1) sum[at] = (sum[at] ?? 0) + count.changes;
  }
  return [...sums].map(([from, each]) => ({ from, counts: each, total: each.reduce((sum, count) => sum + count, 0) }));
}

/** Weeks begin on Monday. */
function beginOf(day: string, step: Step): string {
  if (step === 'day') return day;
  if (step === 'month') return `${day.slice(0, 7)}-01`;
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}
