import diff from 'microdiff';
import type { MicrobizzObject } from '../domain/read-object.ts';

export interface ChangedField {
  /** Dotted: `unitprice`, `address.city`, `lines.2.count`. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly from?: unknown;
  readonly to?: unknown;
}

/** What is different, field by field, nested ones too, in the order of the objects. */
export function diffObjects(before: MicrobizzObject, after: MicrobizzObject): ChangedField[] {
  const found: ChangedField[] = [];
  // Parsed JSON has no cycles, and to look for them takes the square of the depth.
  for (const each of diff(bare(before), bare(after), { cyclesFix: false })) {
    const path = each.path.join('.');
    if (each.type === 'CREATE') found.push({ path, kind: 'added', to: each.value });
    else if (each.type === 'REMOVE') found.push({ path, kind: 'removed', from: each.oldValue });
    else if (!isSame(each.oldValue, each.value))
      found.push({ path, kind: 'changed', from: each.oldValue, to: each.value });
  }
  return found;
}

/** microdiff asks `key in other`: without a prototype, a field called `constructor` or `__proto__` is a field like any other. */
function bare(object: MicrobizzObject): Record<string, unknown> {
  const copy = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of Object.entries(object)) copy[name] = bareValue(value);
  return copy;
}

function bareValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bareValue);
  return typeof value === 'object' && value !== null ? bare(value as MicrobizzObject) : value;
}

/** A command's answer writes as text what an event writes as a number, or the other way round: that is no change. */
function isSame(from: unknown, to: unknown): boolean {
  if (typeof from === 'number' && typeof to === 'string') return isNumber(to, from);
  if (typeof from === 'string' && typeof to === 'number') return isNumber(from, to);
  return false;
}

function isNumber(text: string, number: number): boolean {
  return /^-?\d+(\.\d+)?$/.test(text) && Number(text) === number;
}
