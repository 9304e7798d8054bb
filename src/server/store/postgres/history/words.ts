import { askWords } from '../../mark-words.ts';
import type { Named } from '../../ports/history.ts';

/** The tsquery for one stretch; undefined when nothing is found. Quoted, so that no operator is read in a word. */
export function matchWords(
  scopes: readonly { id: number }[],
  text: string,
  named: Named | undefined,
): ((place: number) => string) | undefined {
  const ask = askWords(scopes, text, named);
  return (
    ask &&
    ((place) =>
      ask(place)
        .map((all) => `(${all.map((any) => `(${any.map(quote).join(' | ')})`).join(' & ')})`)
        .join(' | '))
  );
}

function quote({ word, isPrefix }: { readonly word: string; readonly isPrefix: boolean }): string {
  return `'${word}'${isPrefix ? ':*' : ''}`;
}
