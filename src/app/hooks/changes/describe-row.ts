import { hookPath } from '../../../microbizz/domain/hook.ts';
import type { Change, ChangedField } from '../../../server/interfaces/define-page.ts';
import type { Texts } from '../../texts/texts.ts';
import { shorten } from '../../../microbizz/domain/shorten.ts';
import type { Formats } from '../formats.ts';
import { kindOf } from '../kind-of.ts';
import { lastName, nameField } from './name-field.ts';

/** A change as a line of a list. */
export interface Row {
  readonly kind: string;
  readonly id: string;
  /** Leads to the page of the object; undefined when the event names none. */
  readonly link: { readonly kind: string; readonly id: string } | undefined;
  readonly title: string;
  readonly fields: readonly ShownField[];
  readonly note: string;
  readonly gap: boolean;
  readonly user: string;
  readonly when: string;
  readonly machine: string;
  readonly state: Change['state'];
}

export interface ShownField {
  readonly name: string;
  readonly raw: boolean;
  readonly kind: ChangedField['kind'];
  readonly from: string;
  readonly to: string;
}

export function describeRow(change: Change, t: Texts, formats: Formats): Row {
  const { first, more, uncounted = false } = change;
  const fields = first ? [] : change.fields.map((field) => hideNested(showField(field, t, formats, 60), t));
  const note = first
    ? t.changes.first
    : uncounted && fields.length === 0
      ? t.changes.notCompared
      : more > 0
        ? `+ ${t.changes.more(tellCount(more, uncounted, t, formats))}`
        : fields.length === 0
          ? t.changes.same
          : '';
  return {
    kind: kindOf(hookPath(change), t).one,
    id: change.objectId,
    link: change.objectId === '' ? undefined : { kind: hookPath(change), id: change.objectId },
    title: shorten(change.title, 120),
    fields,
    note,
    gap: change.gap,
    user: change.usercode || change.userid,
    when: formats.moment(change.receivedAt),
    machine: formats.machine(change.receivedAt),
    state: change.state,
  };
}

/** How many more fields changed, as far as they were counted. */
export function tellCount(count: number, uncounted: boolean, t: Texts, formats: Formats): string {
  return uncounted ? t.changes.atLeast(formats.number(count)) : formats.number(count);
}

const longestPath = 200;

/** A list shows sets and collections as the beginning of their JSON; the object's own page shows their content. */
function hideNested(field: ShownField, t: Texts): ShownField {
  const hide = (text: string): string => (/^(\{"|\[[[{"])/.test(text) ? t.changes.nested : text);
  return { ...field, from: hide(field.from), to: hide(field.to) };
}

export function showField(
  { path, kind, from, to }: ChangedField,
  t: Texts,
  formats: Formats,
  most: number,
): ShownField {
  // A name may have a megabyte, and as many dots.
  const { text, raw } = nameField(shorten(path, longestPath), t);
  const show = (value: unknown): string => shorten(formats.value(lastName(path.slice(-longestPath)), value), most);
  return { name: shorten(text, 80), raw, kind, from: show(from), to: show(to) };
}
