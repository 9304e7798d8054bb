import { hookPath } from '../../../microbizz/domain/hook.ts';
import { danishDay } from '../../../microbizz/domain/danish-day.ts';
import type {
  Change,
  ChangeFilter,
  ChangeList,
  ChangePage,
  Named,
  PageContext,
} from '../../../server/interfaces/define-page.ts';
import { texts, type Texts } from '../../texts/texts.ts';
import { kindOf } from '../kind-of.ts';
import { showField, tellCount } from './describe-row.ts';
import { formatsOf, type Formats } from '../formats.ts';
import { readFilter, type ChangesQuery } from './read-filter.ts';

/** Changes read at a time, at most: an export holds only these in memory, however long it is. */
const step = 50;

type Context = Pick<PageContext<ChangesQuery>, 'query' | 'language' | 'now' | 'history'>;
type Exported = Awaited<ReturnType<Context['history']['exportChanges']>>['changes'][number];

interface Download {
  readonly filename: string;
  readonly type: string;
  readonly body: AsyncIterable<string>;
}

/**
 * The filtered list for a spreadsheet. Excel reads UTF-8 only after a byte order mark, and a Danish Excel separates by semicolon, in both
 * languages. A text that a spreadsheet would run as a formula, or show as another value, gets an apostrophe in front. The moment
 * in UTC distinguishes the hour that comes twice in October, and is last, so that columns keep their places.
 */
export function exportCsv(context: Context, named?: Named): Download {
  const t = texts[context.language];
  const formats = formatsOf(context.language);
  const { object, user, when, state, changed, utc } = t.changes;
  const head = [when, object, t.fields.id, t.fields.text, changed, user, state, t.object.kind, utc];
  async function* body(): AsyncGenerator<string> {
    // Eight files that a start need not read.
    const { stringify } = await import('csv-stringify/sync');
    const write = (rows: readonly (readonly string[])[]): string =>
      // A line end of either kind begins a new row, and a formula in it, unless it is quoted.
      stringify([...rows], { delimiter: ';', record_delimiter: 'windows', quoted_match: [/[\r\n]/] });
    yield `\uFEFF${write([head])}`;
    for await (const changes of walk(context, named, context.history.listChanges))
      yield write(changes.map((change) => toCells(change, t, formats)));
  }
  return { filename: nameOf(context, 'csv'), type: 'text/csv; charset=utf-8', body: body() };
}

/**
 * Spreadsheets skip blanks and invisible characters before a formula's sign, and know the signs of full width too. Not only at the beginning:
 * read with another separator, as an English Excel does, a cell begins behind each comma, tab or quote of the text.
 */
function disarm(text: string): string {
  return text.replace(/(?=[=+\-@＝＋－＠])(?<=(?:^|[,|"\t\r\n])[\s\p{C}]*)|^(?=[\t\r\n])/gu, "'");
}

const month =
  'jan(?:uary?)?|feb(?:ruary?)?|mar(?:ts|ch)?|apr(?:il)?|ma[jy]|jun[ei]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|dec(?:ember)?';
/** Digits and their signs, a day with its month's name in either language, a truth: read as a number, a date, a time. */
const guessed = new RegExp(
  `^\\s*(?:(?=.*\\d)[\\d\\s.,:/%e+-]*|\\d+[\\s./-]*(?:${month})[\\s./-]*\\d*|(?:${month})[\\s./-]*\\d+|true|false|sand|falsk)\\s*$`,
  'iu',
);
/** Numbers that a spreadsheet shows unchanged: its numbers have 15 digits. */
const exact = /^(?:0|[1-9]\d{0,14})$/;

function protect(text: string): string {
  const armless = disarm(text);
  return armless === text && guessed.test(text) && !exact.test(text) ? `'${text}` : armless;
}

/** The filtered list for a program: Microbizz's names, the whole object of each change, one change per line. */
export function exportJson(context: Context, named?: Named): Download {
  async function* body(): AsyncGenerator<string> {
    let between = '[\n';
    for await (const changes of walk(context, named, context.history.exportChanges)) {
      yield between + changes.map(writeRecord).join(',\n');
      between = ',\n';
    }
    yield between === '[\n' ? '[]\n' : '\n]\n';
  }
  return { filename: nameOf(context, 'json'), type: 'application/json; charset=utf-8', body: body() };
}

async function* walk<Listed>(
  { query, now, language }: Context,
  named: Named | undefined,
  list: (filter: ChangeFilter, page: ChangePage) => Promise<ChangeList<Listed>>,
): AsyncGenerator<readonly Listed[]> {
  const { filter } = readFilter(query, now, texts[language].changes, named);
  let before: number | undefined;
  do {
    const { changes, next } = await list(filter, { limit: step, before });
    if (changes.length > 0) yield changes;
    before = next;
  } while (before !== undefined);
}

function toCells(change: Change, t: Texts, formats: Formats): string[] {
  const fields = change.fields.map((field) => {
    const { name, from, to } = showField(field, t, formats, 200);
    return `${name}: ${from} → ${to}`;
  });
  const more =
    change.more > 0 ? [`+ ${t.changes.more(tellCount(change.more, change.uncounted === true, t, formats))}`] : [];
  return [
    formats.machine(change.receivedAt),
    ...[
      kindOf(hookPath(change), t).one,
      change.objectId,
      change.title,
      change.first ? t.changes.first : [...fields, ...more].join('; '),
      change.usercode || change.userid,
      t.states[change.state],
      change.gap ? t.object.gap : t.object.event,
    ].map(protect),
    new Date(change.receivedAt).toISOString(),
  ];
}

/** With the object's own text, for its digits. */
function writeRecord({ object, ...change }: Exported): string {
  const { eventId, objectId, receivedAt, state, gap, title, fields, more, uncounted, first, userid, usercode } = change;
  const record = {
    eventId,
    modcode: change.modcode,
    hook: change.hook,
    objectId,
    receivedAt: new Date(receivedAt).toISOString(),
    title,
    userid,
    usercode,
    state,
    gap,
    first,
    fields,
    more,
    ...(uncounted && { uncounted }),
  };
  return `${JSON.stringify(record).slice(0, -1)},"object":${object}}`;
}

function nameOf({ now, language }: Context, ending: string): string {
  return `${texts[language].changes.title.toLowerCase().replace('æ', 'ae')}-${danishDay(now)}.${ending}`;
}
