import { closeList, closeSet, colon, comma, endOfText, endOfWord, openList, openSet, quote } from './json-tokens.ts';
import { sortMembers } from './sort-members.ts';

/** A set (with members) or a list that is not closed yet. */
interface Open {
  /** `"name":value` of each member; `"name":#n` where the value is in `inner`. Undefined for a list. */
  readonly members: string[] | undefined;
  /** The values that are sets or lists: sorted with their members, each would be copied once for each level around it. */
  inner: Map<string, string> | undefined;
  /** Where the name of the member that is being read begins and ends; end 0 where none is. */
  start: number;
  end: number;
  text: string;
}

function open(members: string[] | undefined): Open {
  return { members, inner: undefined, start: 0, end: 0, text: '' };
}

/**
 * JSON text as it came, but with the members of each set in one order and no white space between the tokens: equal for two texts only if
 * they differ in nothing else. `1.10` is not `1.1`, `1` is not `"1"`, and a repeated name is there twice. Nor is `\u00e6` the same as `æ`:
 * one sender writes one content in one way, and a change reported twice costs less than one that is swallowed.
 *
 * One pass over the text instead of parsing, so that digits stay, and no recursion: depth does not matter.
 *
 * @param json valid JSON
 */
export function contentText(json: string): string {
  const stack: Open[] = [];
  let now = open(undefined);
  let at = 0;

  function addWord(end: number): void {
    const { members } = now;
    if (members === undefined) now.text += (now.text === '' ? '' : ',') + json.slice(at, end);
    // Mostly the member is in the text as it is wanted: one piece of it then.
    else if (at === now.end + 1) members.push(json.slice(now.start, end));
    else members.push(`${json.slice(now.start, now.end)}:${json.slice(at, end)}`);
    at = end;
  }
  function close(): void {
    const text = now.members === undefined ? `[${now.text}]` : writeSet(now.members, now.inner);
    now = stack.pop() ?? now;
    if (now.members === undefined) now.text += (now.text === '' ? '' : ',') + text;
    else {
      const member = `${json.slice(now.start, now.end)}:#${now.members.length}`;
      now.members.push(member);
      now.inner ??= new Map();
      now.inner.set(member, text);
    }
  }

  while (at < json.length) {
    const code = json.charCodeAt(at);
    if (code === quote) {
      const end = endOfText(json, at);
      if (now.members !== undefined && now.end === 0) [now.start, now.end, at] = [at, end, end];
      else addWord(end);
    } else if (code === openSet || code === openList) {
      stack.push(now);
      now = open(code === openSet ? [] : undefined);
      at += 1;
    } else if (code === closeSet || code === closeList) {
      close();
      at += 1;
    } else if (code === comma) {
      now.end = 0;
      at += 1;
    } else if (code === colon || code <= 32) at += 1;
    else addWord(endOfWord(json, at));
  }
  return now.text;
}

/** A set that has a name twice is left in its order, which is part of its meaning. */
function writeSet(members: readonly string[], inner: ReadonlyMap<string, string> | undefined): string {
  const sorted = sortMembers(members);
  const isRepeated = sorted.some((member, at) => hasNameOf(sorted[at + 1], member));
  const ordered = isRepeated ? members : sorted;
  if (inner === undefined) return `{${ordered.join(',')}}`;
  let text = '';
  // Appended piece by piece, not joined: joining would copy the content once for each level.
  for (const member of ordered) {
    const value = inner.get(member);
    text += (text === '' ? '' : ',') + (value === undefined ? member : nameOf(member) + value);
  }
  return `{${text}}`;
}

function hasNameOf(next: string | undefined, member: string): boolean {
  // Mostly the first quote that ends the name, or is in it, is not where the next one has any.
  return next?.charCodeAt(member.indexOf('"', 1)) === quote && next.startsWith(nameOf(member));
}

/** With the colon behind it, so that no name begins another. */
function nameOf(member: string): string {
  return member.slice(0, endOfText(member, 0) + 1);
}
