import { hookPath } from '../../../microbizz/domain/hook.ts';
import type { Named, PageContext } from '../../../server/interfaces/define-page.ts';
import { texts, type Texts } from '../../texts/texts.ts';
import { kindOf } from '../kind-of.ts';
import { describeRow } from './describe-row.ts';
import { drawPeriods } from './draw-periods.ts';
import { formatsOf, type Formats } from '../formats.ts';
import { groupDays, stepFor, type DayCount } from './group-days.ts';
import type { Period } from './period.ts';
import { readFilter, times, type ChangesQuery } from './read-filter.ts';

/** Rows of a page: with all their links it stays below 60 kB. */
const shown = 25;

type Context = Pick<PageContext<ChangesQuery>, 'query' | 'language' | 'now' | 'history' | 'forwards'>;

/** The data of `views/app/changes`: the filter, the periods as chart and table, and the changes, newest first. */
export async function listChanges(
  { query, language, now, history, forwards }: Context,
  named?: Named,
): Promise<object> {
  const t = texts[language];
  const formats = formatsOf(language);
  const { filter, period, faults } = readFilter(query, now, t.changes, named);
  const { before, ...chosen } = query;
  const [{ changes, next }, counted, undescribed] = await Promise.all([
    history.listChanges(filter, { limit: shown, before }),
    history.countChanges(filter, period),
    history.countUndescribed(),
  ]);
  const filtered = query.kind !== '' || query.text !== '' || query.state !== '' || counted.days.length > 0;
  return {
    pageTitle: named ? t.changes.titleNamed : t.changes.title,
    chosen,
    mistakes: faults,
    mistaken: Object.keys(faults).length > 0,
    kinds: forwards.hooks.map((path) => ({ path, name: kindOf(path, t).many })),
    times,
    undescribed: undescribed.count > 0 ? t.changes.undescribed(tellUndescribed(undescribed, t, formats)) : '',
    rows: changes.map((change) => describeRow(change, t, formats)),
    older: next === undefined ? undefined : { ...chosen, before: next },
    newest: before === undefined ? undefined : chosen,
    none:
      next !== undefined
        ? t.changes.noneSoFar
        : filtered
          ? t.changes.noneFound
          : named
            ? t.changes.noneNamed
            : t.changes.none,
    periods: describePeriods(period, forwards.hooks, counted, t, formats),
  };
}

function tellUndescribed({ count, atMost }: { count: number; atMost: boolean }, t: Texts, formats: Formats): string {
  return atMost ? t.changes.atMost(formats.number(count)) : formats.number(count);
}

interface Periods {
  readonly heading: string;
  readonly first: string;
  readonly summary: string;
  readonly series: readonly string[];
  readonly columns: readonly { label: string; counts: readonly string[]; total: string }[];
  readonly complete: boolean;
  /** Undefined for a single period: one column says no more than its number. */
  readonly picture: ReturnType<typeof drawPeriods> | undefined;
}

export function describePeriods(
  period: Period,
  kinds: readonly string[],
  counted: { days: readonly DayCount[]; complete: boolean },
  t: Texts,
  formats: Formats,
): Periods {
  const step = stepFor(period);
  const paths = [...new Set([...kinds, ...counted.days.map(hookPath)])];
  const groups = groupDays(period, paths, counted.days);
  const label = (from: string): string => formats.day(from, step === 'month' ? 'month' : 'whole');
  const { day, week, month, perDay, perWeek, perMonth, summary } = t.changes;
  const total = groups.reduce((sum, group) => sum + group.total, 0);
  const most = Math.max(0, ...groups.map((group) => group.total));
  return {
    heading: { day: perDay, week: perWeek, month: perMonth }[step],
    first: { day, week, month }[step],
    summary:
      groups.length < 2
        ? `${t.changes.total}: ${formats.number(total)}`
        : summary[step](formats.number(total), formats.number(most)),
    series: paths.map((path) => kindOf(path, t).many),
    columns: groups.map(({ from, counts, total: sum }) => ({
      label: label(from),
      counts: counts.map(formats.number),
      total: formats.number(sum),
    })),
    complete: counted.complete,
    picture:
      groups.length < 2
        ? undefined
        : drawPeriods(
            groups.map(({ from, counts, total: sum }) => ({
              label: `${label(from)}: ${formats.number(sum)}`,
              short: formats.day(from, step === 'month' ? 'month' : 'short'),
              counts,
            })),
            formats.number,
          ),
  };
}
