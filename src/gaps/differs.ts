import { canonicalText } from '../domain/canonical-text.ts';
import type { MicrobizzObject } from '../domain/read-object.ts';

/**
 * Whether the object of the API tells anything new. Only the fields that both have are compared: that the command and the event carry the
 * same ones is nowhere promised, and a field that only one of them knows would make every object differ in every run. When it was written
 * is no news by itself: a handler that writes the same again each time it is told would be told of that by every run.
 */
export function differs(known: MicrobizzObject | undefined, asked: MicrobizzObject): boolean {
  if (known === undefined) return true;
  return Object.keys(asked).some(
    (name) =>
      !/^change(date|time)$/.test(name) &&
      Object.hasOwn(known, name) &&
      canonicalText(asked[name]) !== canonicalText(known[name]),
  );
}
