import { danishDay, danishTime } from '../domain/danish-day.ts';
import { mainVariable } from '../domain/catalogue.ts';
import { hookPath } from '../domain/hook.ts';
import { readObject, type MicrobizzObject } from '../domain/read-object.ts';
import type { Language, Named, ObjectHistory, PageContext } from '../interfaces/define-page.ts';
import { drawDays } from './draw-days.ts';

const shownObjects = 50;
const shownFields = 3;
const shownDays = 30;
const dayLength = 86_400_000;
const locales: Record<Language, string> = { da: 'da-DK', en: 'en-GB' };

const kinds: Record<Language, Readonly<Record<string, string>>> = {
  da: { 'invoice/event_invoice_line_change': 'Fakturalinje', 'todo/event_product_use_change': 'Vareforbrug' },
  en: { 'invoice/event_invoice_line_change': 'Invoice line', 'todo/event_product_use_change': 'Product use' },
};

const texts = {
  da: {
    kind: 'Hvad',
    last: 'Seneste ændring',
    when: 'Hvornår',
    changes: 'Ændringer',
    first: 'Set første gang',
    more: 'flere felter',
    daily: 'Ændringer pr. dag, de seneste 30 dage',
    none: 'Ingen ændringer endnu. Når noget ændres i Microbizz, vises det her.',
    noneNamed: 'Ingen ændringer nævner denne bruger endnu.',
  },
  en: {
    kind: 'What',
    last: 'Last change',
    when: 'When',
    changes: 'Changes',
    first: 'Seen for the first time',
    more: 'more fields',
    daily: 'Changes a day, the last 30 days',
    none: 'No changes yet. When something is changed in Microbizz, it is shown here.',
    noneNamed: 'No changes name this user yet.',
  },
} as const;

/** What `views/hooks/changes` shows: an object a row, changed last first, and the days as a picture. */
export async function describeChanges({ history, language, now }: PageContext, named?: Named): Promise<object> {
  const text = texts[language];
  const locale = locales[language];
  const days = Array.from({ length: shownDays }, (_, at) => danishDay(now - (shownDays - 1 - at) * dayLength));
  const [objects, counts] = await Promise.all([
    history.latestObjects(shownObjects, named),
    history.changesPerDay(days[0] ?? '', named),
  ]);
  const number = new Intl.NumberFormat(locale);
  const time = new Intl.DateTimeFormat(locale, { timeZone: danishTime, dateStyle: 'medium', timeStyle: 'short' });
  return {
    text: { ...text, none: named ? text.noneNamed : text.none },
    rows: objects.map((object) => ({
      kind: kinds[language][hookPath(object)] ?? hookPath(object),
      id: object.objectId,
      label: labelOf(read(object, object.latest)),
      last: lastChange(object, language),
      when: time.format(object.changedAt),
      changes: number.format(object.changes),
    })),
    picture: drawDays(days, new Map(counts.map(({ day, changes }) => [day, changes])), locale),
  };
}

function read(hook: ObjectHistory, fields: ObjectHistory['latest']): MicrobizzObject | undefined {
  return fields && readObject(fields, mainVariable(hook));
}

/** The fields of these objects are not documented: the first text that looks like a name is shown, and none is fine too. */
function labelOf(object: MicrobizzObject | undefined): string {
  const names = ['text', 'title', 'name', 'description', 'customertext'];
  const found = names.map((name) => object?.[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found.slice(0, 120) : '';
}

function lastChange(object: ObjectHistory, language: Language): string {
  const text = texts[language];
  const [latest, previous] = [read(object, object.latest), read(object, object.previous)];
  if (latest === undefined || previous === undefined) return object.changes === 1 ? text.first : '';
  const names = [...new Set([...Object.keys(latest), ...Object.keys(previous)])];
  const changed = names.filter(
    (name) => !/^change(date|time)$/.test(name) && JSON.stringify(latest[name]) !== JSON.stringify(previous[name]),
  );
  const shown = changed
    .slice(0, shownFields)
    .map((name) => `${name}: ${show(name, previous[name], language)} → ${show(name, latest[name], language)}`);
  if (changed.length > shownFields) shown.push(`+${changed.length - shownFields} ${text.more}`);
  return shown.join(' · ');
}

/** Numbers as the reader writes them, but not those that only name something: an id has no thousands. */
function show(name: string, value: unknown, language: Language): string {
  if (value === undefined || value === null || value === '') return '–';
  if (typeof value === 'number' && !/(id|number)$/.test(name))
    return new Intl.NumberFormat(locales[language]).format(value);
  return (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 60);
}
