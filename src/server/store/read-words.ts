/**
 * Which words an object is found by. Letters as Danes tell them apart: `å` is no `a`, but `é` is an `e`; case does not matter. A number
 * with decimals is one word, with a mark of our own in it that is in no alphabet, so that 1,5 does not find every 5.
 */
const point = '\uE000';
const number = String.raw`(?<![\p{L}\p{N}.,])(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+[.,]\d+)(?![\p{L}\p{N}]|[.,]\d)`;
const words = new RegExp(String.raw`${number}|[\p{L}\p{N}\p{M}]+`, 'gu');

/** Of a longer word, the beginning counts. */
const longestWord = 24;
/** An object of megabytes is found by its first words. */
const mostWords = 1000;
const mostText = 100_000;
const mostTyped = { text: 200, words: 8 };

/** All values of the object, without their names, each word once. */
export function readWords(value: unknown): Set<string> {
  const found = new Set<string>();
  let read = 0;
  const walk = (member: unknown): void => {
    if (found.size >= mostWords || read >= mostText) return;
    if (typeof member === 'object' && member !== null) Object.values(member).forEach(walk);
    else if (typeof member === 'string' || typeof member === 'number') {
      const text = String(member).slice(0, mostText - read);
      read += text.length;
      for (const readings of splitWords(text)) for (const word of readings) found.add(word);
    }
  };
  walk(value);
  return found;
}

/**
 * The typed text, as words; of each word's readings one must be there: `1.250` is a Danish thousand or an English 1.25. All other
 * characters (quotes, operators, stars) separate words, and mean nothing.
 */
export function readTyped(text: string): string[][] {
  return splitWords(text.slice(0, mostTyped.text)).slice(0, mostTyped.words);
}

/** Whether these words have all that was typed, as the index answers it. */
export function hasTyped(found: ReadonlySet<string>, typed: readonly (readonly string[])[]): boolean {
  const all = [...found];
  return typed.every((readings, at) =>
    readings.some(
      (word) => found.has(word) || (at === typed.length - 1 && all.some((longer) => longer.startsWith(word))),
    ),
  );
}

function splitWords(text: string): string[][] {
  return (fold(text).match(words) ?? []).map((word) => {
    const readings = /[.,]/.test(word) ? readNumber(word) : [word];
    // Not in the middle of a character that takes two places.
    return readings.map((reading) => reading.slice(0, longestWord).replace(/[\uD800-\uDBFF]$/, ''));
  });
}

function readNumber(text: string): string[] {
  const readings = new Set<string>();
  if (/^\d{1,3}(\.\d{3})+(,\d+)?$/.test(text)) readings.add(decimal(text.replaceAll('.', '').replace(',', '.')));
  if (/^\d+[.,]\d+$/.test(text)) readings.add(decimal(text.replace(',', '.')));
  return [...readings];
}

/** 12.50 is 12.5. */
function decimal(text: string): string {
  const [whole = '', part = ''] = text.split('.');
  // More does not count in a word, and the expression's time grows with the square of a run of zeros that something follows.
  const kept = part.slice(0, longestWord).replace(/0+$/, '');
  return kept === '' ? whole : whole + point + kept;
}

/** Normalising sorts the marks on one letter, in the square of their number: 4 s for 100,000. No writing has more than a few. */
const longRuns = /(\p{M}{8})\p{M}+/gu;

function fold(text: string): string {
  const lower = text.toLowerCase();
  // Most text is plain, and normalising takes longer than all the rest.
  if (/^[\0-\x7fæøå]*$/.test(lower)) return lower;
  return lower
    .replace(longRuns, '$1')
    .normalize('NFD')
    .replace(/(?!\u030A)\p{M}/gu, '')
    .normalize('NFC');
}
