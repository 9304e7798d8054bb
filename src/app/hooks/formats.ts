import { danishTime } from '../../microbizz/domain/danish-day.ts';
import { shorten } from '../../microbizz/domain/shorten.ts';
import type { Language } from '../../server/interfaces/define-page.ts';
import { texts } from '../texts/texts.ts';
import { isDay } from './changes/period.ts';

export interface Formats {
  /** A count of ours. */
  number(value: number): string;
  /** Milliseconds since 1970 → the moment in Denmark. */
  moment(time: number): string;
  /** The same to the second, as Microbizz writes it: `2025-04-01 10:42:07`. */
  machine(time: number): string;
  /** `YYYY-MM-DD` → 1 Apr 2025; short: 1 Apr; month: Apr 2025. */
  day(day: string, form?: 'whole' | 'short' | 'month'): string;
  /** The value of a Microbizz object's field, as the reader would write it. Sets and collections in one line. */
  value(name: string, value: unknown, most?: number): string;
}

/** Made once: each Intl object takes 20 to 100 µs to make, and a page of 30 rows needs a hundred of them. */
const made = new Map<Language, Formats>();

export function formatsOf(language: Language): Formats {
  const formats = made.get(language) ?? buildFormats(language);
  made.set(language, formats);
  return formats;
}

const longest = 300;
/** Numbers that only name something have no thousands: an id, a zip, a year. */
const naming = /(id|number|zip|code|vat|ean|phone|mobile|reference|year)\d*$/i;
const money = /(price|sum|amount|remainder)$/i;
const yesOrNo = /^(is|can|has)[a-z]/;
const yes = new Set<unknown>([true, 1, '1', 'true']);
const no = new Set<unknown>([false, 0, '0', 'false']);

/** How one language writes things: its words, and the Intl objects. */
interface Writing {
  readonly values: (typeof texts)[Language]['values'];
  readonly names: Readonly<Record<string, string>>;
  readonly number: Intl.NumberFormat;
  readonly sum: Intl.NumberFormat;
  readonly date: Intl.DateTimeFormat;
  readonly clock: Intl.DateTimeFormat;
}

function buildFormats(language: Language): Formats {
  const { values, fields, locale } = texts[language];
  const intl = (options: Intl.DateTimeFormatOptions, from = locale): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(from, options);
  const writing: Writing = {
    values,
    names: fields,
    number: new Intl.NumberFormat(locale, { maximumFractionDigits: 100 }),
    // The unit of money is not documented: two decimals, no currency.
    sum: new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 100 }),
    date: intl({ timeZone: 'UTC', dateStyle: 'medium' }),
    clock: intl({ timeZone: 'UTC', timeStyle: 'short' }),
  };
  const { number, date } = writing;
  const days = {
    whole: remember(date),
    short: remember(intl({ timeZone: 'UTC', day: 'numeric', month: 'short' })),
    month: remember(intl({ timeZone: 'UTC', month: 'short', year: 'numeric' })),
  };
  return {
    // Below a thousand all of Intl's work is to write the digits.
    number: (value) => (value >= 0 && value < 1000 && Number.isInteger(value) ? String(value) : number.format(value)),
    moment: remember(intl({ timeZone: danishTime, dateStyle: 'medium', timeStyle: 'short' })),
    machine: remember(intl({ timeZone: danishTime, dateStyle: 'short', timeStyle: 'medium' }, 'sv-SE')),
    day: (day, form = 'whole') => days[form](Date.parse(day)),
    value: (name, value, most = longest) => shorten(writeValue(writing, name, value), most),
  };
}

function writeValue(writing: Writing, name: string, value: unknown, depth = 0): string {
  const { values, number, sum } = writing;
  if (value === undefined || value === null || value === '') return values.noValue;
  if (typeof value === 'boolean' || (yesOrNo.test(name) && (yes.has(value) || no.has(value))))
    return yes.has(value) ? values.yes : values.no;
  if (typeof value === 'number')
    return naming.test(name) ? String(value) : (money.test(name) ? sum : number).format(value);
  if (typeof value === 'object') return writeParts(writing, name, value, depth);
  return typeof value === 'string' ? writeText(writing, name, value) : '';
}

function writeParts(writing: Writing, name: string, value: object, depth: number): string {
  const { names, values } = writing;
  if (depth > 3) return '…';
  const parts = Object.entries(value)
    .slice(0, 20)
    .map(([key, each]) => {
      const shown = writeValue(writing, Array.isArray(value) ? name : key, each, depth + 1);
      return Array.isArray(value) ? shown : `${Object.hasOwn(names, key) ? String(names[key]) : key}: ${shown}`;
    });
  return parts.length === 0 ? values.none : parts.join(Array.isArray(value) ? '; ' : ', ');
}

function writeText({ sum, date: days, clock }: Writing, name: string, value: string): string {
  if (money.test(name) && /^-?\d{1,15}(\.\d{1,12})?$/.test(value))
    // As text: a number would round values of more than 15 digits.
    return sum.format(value as `${number}`);
  const [, date, time] = /^(\d{4}-\d\d-\d\d)?[ T]?(\d\d:\d\d(?::\d\d)?)?$/.exec(value) ?? [];
  const at = Date.parse(`${date ?? '1970-01-01'}T${time ?? '00:00'}Z`);
  if ((date === undefined && time === undefined) || Number.isNaN(at)) return value;
  if (date !== undefined && !isDay(date)) return value;
  return [date && days.format(at), time && clock.format(at)].filter(Boolean).join(' ');
}

/** A date takes Intl 2 to 5 µs, a page writes a hundred of them, and the next page mostly the same ones. */
function remember(format: Intl.DateTimeFormat): (time: number) => string {
  const written = new Map<number, string>();
  return (time) => {
    const known = written.get(time);
    if (known !== undefined) return known;
    if (written.size >= 10_000) written.clear();
    const text = format.format(time);
    written.set(time, text);
    return text;
  };
}
