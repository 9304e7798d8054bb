import type { MicrobizzObject } from '../../microbizz/domain/read-object.ts';
import type { ChangedField } from '../store/ports/history.ts';

export interface Difference {
  readonly fields: readonly ChangedField[];
  /** False when there are more than are in `fields`. */
  readonly complete: boolean;
}

/** Nobody reads more, and each costs a path. */
const mostFields = 1000;
/** Anything deeper is compared as a whole: a path has a name for each level. */
const deepest = 20;
/** A name may have a megabyte, and be in the path of each field below it. */
const longestName = 80;

/** The differences, field by field, nested ones too, in the order of the objects. Linear in their size. */
export function diffObjects(before: MicrobizzObject, after: MicrobizzObject): Difference {
  const fields: ChangedField[] = [];
  // One path, of which the last name comes and goes: a copy for each field would take the square of the depth.
  const path: string[] = [];
  let complete = true;

  function add(change: Omit<ChangedField, 'path'>): void {
    if (fields.length < mostFields) fields.push({ path: path.join('.'), ...change });
    else complete = false;
  }
  function compareValues(from: unknown, to: unknown): void {
    if (isNested(from) && isNested(to) && Array.isArray(from) === Array.isArray(to)) {
      if (path.length < deepest) compare(from, to);
      else if (JSON.stringify(from) !== JSON.stringify(to)) add({ kind: 'changed', from, to });
    } else if (from !== to && !isSame(from, to)) add({ kind: 'changed', from, to });
  }
  function compare(from: MicrobizzObject, to: MicrobizzObject): void {
    for (const name of Object.keys(from)) {
      if (!complete) return;
      path.push(cutName(name));
      if (Object.hasOwn(to, name)) compareValues(from[name], to[name]);
      else add({ kind: 'removed', from: from[name] });
      path.pop();
    }
    for (const name of Object.keys(to)) {
      if (!complete) return;
      if (Object.hasOwn(from, name)) continue;
      path.push(cutName(name));
      add({ kind: 'added', to: to[name] });
      path.pop();
    }
  }

  compare(before, after);
  return { fields, complete };
}

function isNested(value: unknown): value is MicrobizzObject {
  return typeof value === 'object' && value !== null;
}

function cutName(name: string): string {
  return name.length <= longestName ? name : `${name.slice(0, longestName).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** A command's answer may write a number as text where an event does not, or the other way round: that is not a change. */
function isSame(from: unknown, to: unknown): boolean {
  if (typeof from === 'number' && typeof to === 'string') return isNumber(to, from);
  if (typeof from === 'string' && typeof to === 'number') return isNumber(from, to);
  return false;
}

function isNumber(text: string, number: number): boolean {
  return /^-?\d+(\.\d+)?$/.test(text) && Number(text) === number;
}
