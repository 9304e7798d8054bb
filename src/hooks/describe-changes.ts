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
    title: 'Seneste ændringer',
    titleNamed: 'Ændringer, der nævner denne bruger',
    kind: 'Hvad',
    last: 'Seneste ændring',
    when: 'Hvornår',
    changes: 'Ændringer',
    first: 'Set første gang',
    same: 'Ingen felter ændret',
    more: 'flere felter',
    daily: (total: string, most: string) =>
      `Ændringer pr. dag, de seneste 30 dage: ${total} i alt, højst ${most} på en dag`,
    none: 'Ingen ændringer endnu. Når noget ændres i Microbizz, vises det her.',
    noneNamed: 'Ingen ændringer nævner denne bruger endnu.',
  },
  en: {
    title: 'Latest changes',
    titleNamed: 'Changes that name this user',
    kind: 'What',
    last: 'Last change',
    when: 'When',
    changes: 'Changes',
    first: 'Seen for the first time',
    same: 'No field changed',
    more: 'more fields',
    daily: (total: string, most: string) =>
      `Changes a day, the last 30 days: ${total} in all, ${most} at most on one day`,
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
  const picture = drawDays(days, new Map(counts.map(({ day, changes }) => [day, changes])), locale);
  const most = Math.max(0, ...counts.map(({ changes }) => changes));
  return {
    text: { ...text, ...(named ? { title: text.titleNamed, none: text.noneNamed } : {}) },
    rows: objects.map((object) => ({
      kind: kinds[language][hookPath(object)] ?? hookPath(object),
      id: object.objectId,
      label: labelOf(read(object, object.latest)),
      ...lastChange(object, language),
      when: time.format(object.changedAt),
      changes: number.format(object.changes),
    })),
    picture,
    daily: text.daily(number.format(picture.total), number.format(most)),
  };
}

function read(hook: ObjectHistory, fields: ObjectHistory['latest']): MicrobizzObject | undefined {
  return fields && readObject(fields, mainVariable(hook));
}

/** The fields of these objects are not documented: the first text that looks like a name is shown, and none is fine too. */
function labelOf(object: MicrobizzObject | undefined): string {
  const names = ['text', 'title', 'name', 'description', 'producttext', 'customertext'];
  const found = names.map((name) => object?.[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? shorten(found, 120) : '';
}

interface LastChange {
  /** Names as Microbizz writes them: what they mean is not documented, so nothing is read into them. */
  readonly fields: readonly { name: string; from: string; to: string }[];
  readonly note: string;
}

function lastChange(object: ObjectHistory, language: Language): LastChange {
  const text = texts[language];
  const [latest, previous] = [read(object, object.latest), read(object, object.previous)];
  if (latest === undefined || previous === undefined)
    return { fields: [], note: object.changes === 1 ? text.first : '' };
  const names = [...new Set([...Object.keys(latest), ...Object.keys(previous)])];
  const changed = names.filter(
    (name) =>
      !/^change(date|time)$/.test(name) && JSON.stringify(own(latest, name)) !== JSON.stringify(own(previous, name)),
  );
  // Microbizz names a thing by id, code and text side by side: where the text changed too, it tells people more.
  const texted = new Set(changed.filter((name) => name.endsWith('text')).map((name) => name.slice(0, -'text'.length)));
  const told = changed.filter((name) => !/(id|code)$/.test(name) || !texted.has(name.replace(/(id|code)$/, '')));
  const fields = told.slice(0, shownFields).map((name) => ({
    name: shorten(name, 40),
    from: show(name, own(previous, name), language),
    to: show(name, own(latest, name), language),
  }));
  const rest = changed.length - fields.length;
  const note = changed.length === 0 ? text.same : rest > 0 ? `+${rest} ${text.more}` : '';
  return { fields, note };
}

/** Where one state has a field called `constructor` and the other has not, the other's would be what every object inherits. */
function own(object: MicrobizzObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Numbers as the reader writes them, but not those that only name something: an id has no thousands. */
function show(name: string, value: unknown, language: Language): string {
  if (value === undefined || value === null || value === '') return '–';
  if (typeof value === 'number' && !/(id|number)$/.test(name))
    return new Intl.NumberFormat(locales[language]).format(value);
  return shorten(typeof value === 'string' ? value : JSON.stringify(value), 60);
}

/** Not in the middle of a character that takes two places. */
function shorten(text: string, most: number): string {
  return text.length <= most
    ? text
    : `${text
        .slice(0, most)
        .replace(/[\uD800-\uDBFF]$/, '')
        .trimEnd()}…`;
}
