import { z } from 'zod';
import { danishDay } from '../../../microbizz/domain/danish-day.ts';
import { parseHookPath } from '../../../microbizz/domain/hook.ts';
import type { ChangeFilter, Named } from '../../../server/interfaces/define-page.ts';
import type { Texts } from '../../texts/texts.ts';
import { addDays, isDay, lastDays, longestPeriod, startOfDay, type Period } from './period.ts';

export const times = ['1', '7', '30', '365', 'range'] as const;
const text = z.string().trim().max(200).catch('');

/** The filter form, as it is in the address. Anything not understood counts as absent; wrong dates are reported beside the field. */
export function buildChangesQuery(time: (typeof times)[number]) {
  return z.object({
    kind: text,
    time: z.enum(times).catch(time),
    from: text,
    to: text,
    text,
    state: z.enum(['', 'done', 'waiting', 'failed']).catch(''),
    before: z.coerce.number().int().positive().optional().catch(undefined),
  });
}

export type ChangesQuery = z.output<ReturnType<typeof buildChangesQuery>>;

export interface ReadFilter {
  readonly filter: ChangeFilter;
  readonly period: Period;
  /** The faults, by field. */
  readonly faults: Readonly<Record<string, string>>;
}

export function readFilter(query: ChangesQuery, now: number, t: Texts['changes'], named?: Named): ReadFilter {
  const { period, faults } = readPeriod(query, now, t);
  const hook = parseHookPath(query.kind);
  return {
    period,
    faults,
    filter: {
      since: startOfDay(period.since),
      until: startOfDay(addDays(period.until, 1)),
      ...(hook ? { hook } : {}),
      ...(query.text === '' ? {} : { text: query.text }),
      ...(query.state === '' ? {} : { state: query.state }),
      ...(named ? { named } : {}),
    },
  };
}

/** An open end is today, an open beginning 30 days before the end. Wrong dates are ignored: the last 30 days are shown. */
function readPeriod(query: ChangesQuery, now: number, t: Texts['changes']): Pick<ReadFilter, 'period' | 'faults'> {
  if (query.time !== 'range') return { period: lastDays(Number(query.time), now), faults: {} };
  const until = query.to === '' ? danishDay(now) : query.to;
  const since = query.from === '' ? addDays(until, -29) : query.from;
  const faults: Record<string, string> = {};
  if (query.from !== '' && !isDay(query.from)) faults['from'] = t.fromWrong;
  if (query.to !== '' && !isDay(query.to)) faults['to'] = t.fromWrong;
  if (Object.keys(faults).length === 0 && since > until) faults['to'] = t.toWrong;
  else if (Object.keys(faults).length === 0 && addDays(since, longestPeriod) < until) faults['to'] = t.tooLong;
  return Object.keys(faults).length === 0
    ? { period: { since, until }, faults }
    : { period: lastDays(30, now), faults };
}
