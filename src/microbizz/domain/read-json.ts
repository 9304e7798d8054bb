import { isExact } from './exact-number.ts';

/**
 * Whether there may be a number that a JavaScript number cannot hold: with an exponent, with 16 or more digits, or `-0`. What looks like
 * one in a text costs time and changes nothing, so it has to stand where a number can: `\u00e5`, which PHP writes for å, has `0e5` in it.
 */
const suspicious = /(?:^|[:,[\s])(?:-0(?:\.0*)?(?:[,\]}\s]|$)|-?\d(?:[\d.]{15}|[\d.]*[eE]))/;

/**
 * JSON.parse, but a number that a JavaScript number cannot hold is the text of its digits, as it came (`"357012345678901234"`): nothing is
 * rounded. A reviver makes parsing 3 to 10 times slower, so only a text that may have such a number pays for one.
 *
 * @throws SyntaxError like JSON.parse
 */
export function readJson(text: string): unknown {
  return suspicious.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

function keepDigits(_name: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  return typeof value === 'number' && source !== undefined && !isExact(source) ? source : value;
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
