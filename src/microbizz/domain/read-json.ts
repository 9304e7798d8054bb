import { isExact } from './exact-number.ts';
import { endOfText, endOfWord, minus, nine, quote, zero } from './json-tokens.ts';
import { parseJson } from './parse-json.ts';

/**
 * Whether there may be a number that a JavaScript number cannot hold: with an exponent, with 16 or more digits, or `-0`. A false match in a
 * text costs time and changes nothing, so only places where a number can be are matched: `\u00e5`, which PHP writes for å, has `0e5` in it.
 */
const suspicious = /(?:^|[:,[\s])(?:-0(?:\.0*)?(?:[,\]}\s]|$)|-?\d(?:[\d.]{15}|[\d.]*[eE]))/;

/**
 * JSON.parse, but a number that a JavaScript number cannot hold is the text of its digits, as it came (`"357012345678901234"`): nothing is
 * rounded. Not by a reviver, which takes 3 µs for each value: 16 kB of `1E-7` held the thread for 10 ms.
 *
 * @throws SyntaxError like JSON.parse
 */
export function readJson(text: string): unknown {
  if (!suspicious.test(text)) return parseJson(text);
  // Throws here, so that the text below is known to be JSON.
  JSON.parse(text);
  return parseJson(quoteInexact(text));
}

/** @param json valid JSON */
function quoteInexact(json: string): string {
  let quoted = '';
  let done = 0;
  for (let at = 0; at < json.length;) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfText(json, at);
    else if (code === minus || (code >= zero && code <= nine)) {
      const end = endOfWord(json, at);
      const number = json.slice(at, end);
      if (!isExact(number)) {
        quoted += `${json.slice(done, at)}"${number}"`;
        done = end;
      }
      at = end;
    } else at += 1;
  }
  return quoted + json.slice(done);
}

export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
