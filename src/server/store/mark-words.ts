import type { Named } from './ports/history.ts';
import { readTyped } from './read-words.ts';

/**
 * Every word in an index begins with its scope, as two ideographs, which a tokenizer treats as letters: a search reads the words of
 * its own tenant's hooks only, however many the others have, and a hook as filter makes it faster. A third one is the stretch of
 * ids that the event is in: results come newest first, and an index walks through all of a stretch.
 */
const first = 0x4e00;
const most = 20_000;
const stretch = 131_072;

/** Marks words that name a user. No word of a text has this character in it (read-words.ts). */
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

/** The words of one change in the index. */
export function markWords(eventId: number, scopeId: number, words: ReadonlySet<string>, named: Named): string[] {
  const mark = markOf(scopeId, placeOf(eventId));
  return [...words, ...userWords(named)].map((word) => mark + word);
}

/** A text of nothing but blanks asks for nothing. */
export function isSearch(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '';
}

/** A word as the index has it, or its beginning. */
export interface Term {
  readonly word: string;
  readonly isPrefix: boolean;
}

/** The question to the index, in one stretch: of one of the scopes, each time one of the terms. */
export type Question = readonly (readonly (readonly Term[])[])[];

/** Undefined when nothing that was typed is a word, or nobody is named: then nothing is found. */
export function askWords(
  scopes: readonly { id: number }[],
  text: string,
  named: Named | undefined,
): ((place: number) => Question) | undefined {
  const typed = readTyped(text);
  const users = named && userWords(named);
  if (typed.length === 0 || users?.length === 0) return undefined;
  const last = typed.length - 1;
  return (place) =>
    scopes.map(({ id }) => {
      const mark = markOf(id, place);
      const marked = (words: readonly string[], isPrefix: boolean): Term[] =>
        words.map((word) => ({ word: mark + word, isPrefix }));
      return [...typed.map((readings, at) => marked(readings, at === last)), ...(users ? [marked(users, false)] : [])];
    });
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
