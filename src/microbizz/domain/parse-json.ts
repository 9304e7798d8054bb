import { randomUUID } from 'node:crypto';
import { colon, endOfText } from './json-tokens.ts';

/**
 * A name with an escape in it (`"\u00e5r"`, as PHP writes `år`), or a text of a list: a false match only costs time. In
 * texts a quote has a backslash before it, so this begins only at names and in lists.
 */
const escapedName = /[{,]\s*"[^"\\]*\\/;

/**
 * JSON.parse, with the names that stand there. V8 (Node 24 to 26) reads an escaped name as another one when an object that began alike had
 * that other one before: after `{"h":1,"\\u":0}` from one tenant, `{"h":1,"\u00e5r":2}` of all others has no `år`, but `\u`
 * (https://github.com/nodejs/node/issues/63785). So no value that is used comes of a text with such a name.
 *
 * @throws SyntaxError like JSON.parse
 */
export function parseJson(text: string): unknown {
  if (!escapedName.test(text)) return JSON.parse(text);
  // Throws here, so that the text below is known to be JSON.
  const asItStands: unknown = JSON.parse(text);
  const { json, names } = writePlainNames(text);
  // The escapes were in the texts of a list.
  if (json === text) return asItStands;
  const value: unknown = JSON.parse(json);
  if (names.size > 0) giveNames(value, names);
  return value;
}

/** Has to have an escape in JSON; with a few that need not. */
const mustEscape = /["\\\p{Cc}]/u;

/** The same JSON, with names written as they are; in place of those that cannot be, others that `names` has the right ones of. */
function writePlainNames(text: string): { json: string; names: Map<string, string> } {
  const names = new Map<string, string>();
  const mark = randomUUID();
  let json = '';
  let done = 0;
  for (let at = text.indexOf('"'); at !== -1;) {
    const start = at;
    const end = endOfText(text, start);
    at = text.indexOf('"', end);
    const token = text.slice(start, end);
    if (!token.includes('\\') || !isName(text, end)) continue;
    const name = JSON.parse(token) as string;
    const plain = mustEscape.test(name) ? `${mark}${names.size}` : name;
    if (plain !== name) names.set(plain, name);
    json += `${text.slice(done, start)}"${plain}"`;
    done = end;
  }
  return { json: json + text.slice(done), names };
}

/** Whether a colon follows. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= 32) at += 1;
  return text.charCodeAt(at) === colon;
}

/** In place, in their order, at every level. */
function giveNames(value: unknown, names: ReadonlyMap<string, string>): void {
  const open = [value];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== 'object' || one === null) continue;
    for (const each of Object.values(one) as unknown[]) if (typeof each === 'object') open.push(each);
    if (Array.isArray(one) || !Object.keys(one).some((name) => names.has(name))) continue;
    const members = Object.entries(one) as [string, unknown][];
    for (const [name] of members) Reflect.deleteProperty(one, name);
    for (const [name, each] of members)
      Object.defineProperty(one, names.get(name) ?? name, {
        value: each,
        writable: true,
        enumerable: true,
        configurable: true,
      });
  }
}
