import type { Fields } from '../../microbizz/domain/event.ts';
import {
  closeList,
  closeSet,
  colon,
  comma,
  endOfText,
  openList,
  openSet,
  quote,
} from '../../microbizz/domain/json-tokens.ts';
import { isJson } from '../../microbizz/domain/read-json.ts';
import { Refusal } from '../errors.ts';
import { maxFields } from './form-rules.ts';

/** A field for each member: a text as it is, everything else as the JSON that came. */
export function readJson(text: string): Fields {
  if (!isJson(text)) throw new Refusal('bad-request', 'The body is not JSON, though its Content-Type says so.');
  if (!/^\s*\{/.test(text))
    throw new Refusal('bad-request', 'The JSON body must be an object with a member for each variable.');
  const members = listMembers(text);
  if (members.length > maxFields) throw new Refusal('bad-request', `The body has more than ${maxFields} fields.`);
  return Object.fromEntries(
    members.map(([name, value]) => [name, value.startsWith('"') ? (JSON.parse(value) as string) : value]),
  );
}

/** Deeper nesting has no meaning for anybody. */
const deepest = 1000;

/** The names of a set, and the text of its values. Not parsed, which would keep neither digits nor the order of names. */
function listMembers(json: string): [string, string][] {
  const members: [string, string][] = [];
  let depth = 0;
  let name = '';
  let start = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) {
      const end = endOfText(json, at);
      if (depth === 1 && start === 0) name = JSON.parse(json.slice(at, end)) as string;
      at = end - 1;
    } else if (code === openSet || code === openList) {
      depth += 1;
      if (depth > deepest) throw new Refusal('bad-request', 'The JSON body is nested too deeply.');
    } else if (depth === 1 && code === colon) start = at + 1;
    else if (code === closeSet || code === closeList || (depth === 1 && code === comma)) {
      if (depth === 1 && start > 0) {
        members.push([name, json.slice(start, at).trim()]);
        start = 0;
      }
      if (code !== comma) depth -= 1;
    }
  }
  return members;
}
