import type { MicrobizzObject } from '../../microbizz/domain/read-object.ts';
import { shorten } from '../../microbizz/domain/shorten.ts';
import { diffObjects } from './diff-objects.ts';
import type { Summary } from '../store/ports/descriptions.ts';
import type { ChangedField } from '../store/ports/history.ts';

const shownFields = 3;
const longestPath = 80;
const longestValue = 120;

/**
 * The first few fields that changed, shortened.
 * @param before undefined for an object's first event, or when the one before is not kept or cannot be read
 */
export function describeChange(
  before: MicrobizzObject | undefined,
  after: MicrobizzObject | undefined,
  first: boolean,
): Summary {
  const { fields, complete } =
    before === undefined || after === undefined ? { fields: [], complete: true } : diffObjects(before, after);
  const told = worthTelling(fields);
  return {
    fields: told.slice(0, shownFields).map(shortenField),
    more: Math.max(0, told.length - shownFields),
    ...(!complete && { uncounted: true }),
    first,
  };
}

/** The objects of most hooks are not documented: the first text that looks like a name is used, if there is one. */
export function titleOf(object: MicrobizzObject | undefined): string {
  const names = ['text', 'title', 'name', 'description', 'producttext', 'customertext'];
  for (const name of names) {
    const value = object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
    if (typeof value === 'string' && value.trim() !== '') return shorten(value.trim(), longestValue);
  }
  return '';
}

/** The differences that mean something to a reader. */
export function worthTelling(changed: readonly ChangedField[]): readonly ChangedField[] {
  // That it was changed, and when, is shown already: unless nothing else is.
  const rest = changed.filter(({ path }) => !/(^|\.)change(date|time)$/.test(path));
  if (rest.length === 0) return changed;
  // Microbizz names a thing by id, code and text side by side: where the text changed too, it says more to people.
  const texted = new Set(rest.map(({ path }) => path).filter((path) => path.endsWith('text')));
  return rest.filter(({ path }) => !/(id|code)$/.test(path) || !texted.has(path.replace(/(id|code)$/, 'text')));
}

function shortenField({ path, kind, from, to }: ChangedField): ChangedField {
  return {
    path: shorten(path, longestPath),
    kind,
    ...(kind !== 'added' && { from: shortenValue(from) }),
    ...(kind !== 'removed' && { to: shortenValue(to) }),
  };
}

function shortenValue(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) return shorten(JSON.stringify(value), longestValue);
  return typeof value === 'string' ? shorten(value, longestValue) : value;
}
