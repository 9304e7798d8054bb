import { z } from 'zod';
import { parseHookPath } from '../../../microbizz/domain/hook.ts';
import type { MicrobizzObject } from '../../../microbizz/domain/read-object.ts';
import { worthTelling } from '../../../server/history/describe-change.ts';
import type { ComparedChange, PageContext } from '../../../server/interfaces/define-page.ts';
import { texts, type Texts } from '../../texts/texts.ts';
import { describeContent, type ContentItem } from './describe-content.ts';
import { kindOf } from '../kind-of.ts';
import { faultBeside } from '../fault-beside.ts';
import { describeRow, showField, tellCount, type Row, type ShownField } from './describe-row.ts';
import { formatsOf, type Formats } from '../formats.ts';

/** Changes of a page, and changed fields of a change: of a thing that was changed a thousand times the first load stays below 60 kB. */
const shown = 20;
const shownFields = 25;

export const ObjectQuery = z.object({
  kind: z.string().max(200).catch(''),
  id: z.string().max(255).catch(''),
  before: z.coerce.number().int().positive().optional().catch(undefined),
});

type Context = Pick<PageContext<z.output<typeof ObjectQuery>>, 'query' | 'language' | 'history'>;

/** The data of `views/app/object`: the object's current content, and its changes, newest first. */
export async function showObject({ query, language, history }: Context): Promise<object> {
  const t = texts[language];
  const formats = formatsOf(language);
  const { kind, id, before } = query;
  const hook = parseHookPath(kind);
  const heading = `${kindOf(kind, t).one} ${id}`;
  const name = hook && id !== '' ? { ...hook, objectId: id } : undefined;
  const known = name && (await history.findObject(name));
  if (name === undefined || known === undefined) return { pageTitle: heading, title: '', known: undefined };
  const { changes, next } = await history.listObjectChanges(name, { limit: shown, before });
  return {
    pageTitle: heading,
    title: known.title,
    known: {
      changes: formats.number(known.changes),
      firstAt: formats.moment(known.firstAt),
      changedAt: formats.moment(known.changedAt),
    },
    content: contentOf(known.latest, t, formats),
    changes: changes.map((change) => describeChange(change, t, formats)),
    older: next === undefined ? undefined : { kind, id, before: next },
    newest: before === undefined ? undefined : { kind, id },
  };
}

interface ShownChange extends Row {
  /** Every changed field, up to a bound; `rest` counts those left out. */
  readonly all: readonly ShownField[];
  readonly rest: string;
  readonly forwards: readonly ShownForward[];
}

interface ShownForward {
  readonly host: string;
  readonly state: 'done' | 'waiting' | 'failed';
  readonly text: string;
  readonly attempts: string;
  readonly last: string;
  readonly fault: string;
}

function describeChange(change: ComparedChange, t: Texts, formats: Formats): ShownChange {
  const { difference } = change;
  const compared = difference && worthTelling(difference.fields);
  const fields = compared ?? (change.first ? [] : change.fields);
  const rest = compared ? compared.length - shownFields : change.more;
  const count = tellCount(rest, difference ? !difference.complete : change.uncounted === true, t, formats);
  return {
    ...describeRow(change, t, formats),
    all: fields.slice(0, shownFields).map((field) => showField(field, t, formats, 300)),
    rest: rest > 0 ? t.object.tooMany(count) : '',
    forwards: change.forwards.map((forward) => describeForward(forward, t, formats)),
  };
}

function describeForward(forward: ComparedChange['forwards'][number], t: Texts, formats: Formats): ShownForward {
  const { url, state, attempt, fault, lastAttempt } = forward;
  const parts = lastAttempt && [
    lastAttempt.status === undefined ? t.settings.noAnswer : `${t.settings.status} ${lastAttempt.status}`,
    ...(lastAttempt.ms === undefined ? [] : [t.settings.milliseconds(formats.number(lastAttempt.ms))]),
    formats.moment(lastAttempt.at),
  ];
  return {
    // The host alone: everybody sees this page, and a path or a query can be somebody's secret.
    host: url === undefined ? t.object.removedForward : new URL(url).host,
    state: state === 'handled' ? 'done' : state === 'dead' ? 'failed' : 'waiting',
    text: t.object.forwardStates[state],
    attempts: attempt > 0 ? t.object.attempts(formats.number(attempt)) : '',
    last: parts?.join(' · ') ?? '',
    fault: faultBeside(lastAttempt?.status, fault),
  };
}

function contentOf(object: MicrobizzObject | undefined, t: Texts, formats: Formats): ContentItem[] | undefined {
  return object && describeContent(object, t, formats);
}
