import { danishDay } from '../../../microbizz/domain/danish-day.ts';

/** Danish calendar days, both included. */
export interface Period {
  readonly since: string;
  readonly until: string;
}

const day = 86_400_000;
export const longestPeriod = 3660;

export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && addDays(text, 0) === text;
}

export function addDays(from: string, days: number): string {
  const time = Date.parse(`${from}T00:00:00Z`);
  return Number.isNaN(time) ? '' : new Date(time + days * day).toISOString().slice(0, 10);
}

export function lastDays(days: number, now: number): Period {
  const until = danishDay(now);
  return { since: addDays(until, 1 - days), until };
}

export function daysOf({ since, until }: Period): string[] {
  const first = Date.parse(since);
  const count = Math.round((Date.parse(until) - first) / day) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => new Date(first + at * day).toISOString().slice(0, 10));
}

/** When a Danish day begins, in milliseconds since 1970: at 23:00 UTC of the day before, in summer at 22:00. Clocks never change at midnight. */
export function startOfDay(name: string): number {
  const winter = Date.parse(`${name}T00:00:00Z`) - 3_600_000;
  return danishDay(winter - 3_600_000) === name ? winter - 3_600_000 : winter;
}
