import { decimalOf } from './exact-number.ts';
import type { MicrobizzObject } from './read-object.ts';

/**
 * Whether the object of the API's answer says anything that the event did not. For the gap filler alone: two events are compared as they
 * came. Only the fields that both have are compared: that the command and the event carry the same ones is nowhere promised, and a field
 * that only one of them knows would make every object differ in every run. The time of writing is not news by itself: a handler that writes
 * the same again each time it is called would be called again by every run.
 */
export function differs(known: MicrobizzObject | undefined, asked: MicrobizzObject): boolean {
  if (known === undefined) return true;
  return Object.keys(asked).some(
    (name) => !/^change(date|time)$/.test(name) && Object.hasOwn(known, name) && !isSame(known[name], asked[name]),
  );
}

/** Deep ones recurse as deep as read-object.ts lets them be. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((each, at) => isSame(each, (b as unknown[])[at]));
  if (isSet(a) && isSet(b)) {
    // Inside a field that both have, nothing may be missing: a line that is gone is a change.
    const names = Object.keys(a);
    return (
      names.length === Object.keys(b).length &&
      names.every((name) => Object.hasOwn(b, name) && isSame(a[name], b[name]))
    );
  }
  return isOtherwiseWritten(a, b) || isOtherwiseWritten(b, a);
}

/**
 * How an event and the API write the same value, where one of them shows its type. Two different texts never count as one:
 * `1.1` and `1.10` may be numbers of products.
 */
function isOtherwiseWritten(typed: unknown, other: unknown): boolean {
  // Microbizz's type boolean is sent as true, 1 or "1".
  if (typeof typed === 'boolean') return other === Number(typed) || other === String(Number(typed));
  // PHP has decimals from its database as text (1042.5 is "1042.50"), and small integers too. With zeros in front it is not a number but a name.
  if (typeof typed === 'number' && typeof other === 'string')
    return /^-?(0|[1-9]\d*)(\.\d+)?$/.test(other) && decimalOf(other) === decimalOf(String(typed));
  return false;
}

function isSet(value: unknown): value is MicrobizzObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
