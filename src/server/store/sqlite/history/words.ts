import { readTyped } from '../../read-words.ts';
import type { Named } from '../../ports/history.ts';

/**
 * Every word in the index begins with its scope, as two ideographs, which the tokenizer takes for letters: a search reads the words of
 * its own tenant's hooks and no others, whatever the others have, and a hook as filter makes it faster. A third one is the stretch of
 * ids that the event is in: FTS5 walks through all newer ones to an old one, 30 ns each. `prefix` in migrations.ts counts the three.
 */
const first = 0x4e00;
const most = 20_000;
const stretch = 131_072;

/** Marks what names a user. No word of a text has this character in it (read-words.ts). */
const userid = '\uE001';
const usercode = '\uE002';

function markOf(scopeId: number, place: number): string {
  return String.fromCharCode(first + (scopeId % most), first + Math.floor(scopeId / most), first + (place % most));
}

/** Which stretch an event is in. */
export function placeOf(eventId: number): number {
  return Math.floor(eventId / stretch);
}

/** The stretches between two ids, newest first. */
export function* stretchesOf({ from, before }: { from: number; before: number }): Generator<number> {
  for (let place = placeOf(before - 1); place >= placeOf(from); place -= 1) yield place;
}

/** What goes into the index for one change. */
export function writeWords(eventId: number, scopeId: number, words: ReadonlySet<string>, named: Named): string {
  const mark = markOf(scopeId, placeOf(eventId));
  return [...words, ...userWords(named)].map((word) => mark + word).join(' ');
}

/** A text of nothing but blanks asks for nothing. */
export function isSearch(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** The question to the index; undefined when nothing that was typed is a word, or nobody is named: then nothing is found. Quoted, so that FTS5 reads no operator in it. */
export function matchWords(
  scopes: readonly { id: number }[],
  text: string,
  named: Named | undefined,
): ((place: number) => string) | undefined {
  const typed = readTyped(text);
  const users = named && userWords(named);
  if (typed.length === 0 || users?.length === 0) return undefined;
  const last = typed.length - 1;
  const ofScope = (id: number, place: number): string => {
    const mark = markOf(id, place);
    const words = typed.map((readings, at) =>
      anyOf(readings.map((word) => `"${mark}${word}"${at === last ? '*' : ''}`)),
    );
    const user = users === undefined ? [] : [anyOf(users.map((word) => `"${mark}${word}"`))];
    return `(${[...words, ...user].join(' AND ')})`;
  };
  return (place) => scopes.map(({ id }) => ofScope(id, place)).join(' OR ');
}

function anyOf(terms: readonly string[]): string {
  return `(${terms.join(' OR ')})`;
}

/** Rougher than the columns, which are asked too: everything but letters and digits is left out. */
function userWords(named: Named): string[] {
  const words = [];
  if (named.userid !== '') words.push(userid + plain(named.userid));
  if (named.usercode !== '') words.push(usercode + plain(named.usercode));
  return words;
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '\uE000');
}
