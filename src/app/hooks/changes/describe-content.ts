import type { MicrobizzObject } from '../../../microbizz/domain/read-object.ts';
import type { Texts } from '../../texts/texts.ts';
import { shorten } from '../../../microbizz/domain/shorten.ts';
import type { Formats } from '../formats.ts';
import { nameField } from './name-field.ts';

/** A field of an object as a reader sees it: with a value, or with fields of its own. */
export interface ContentItem {
  readonly name: string;
  /** The name is Microbizz's own, because its meaning is not known. */
  readonly raw: boolean;
  readonly value?: string;
  readonly items?: readonly ContentItem[];
}

/** Deeper sets are shown in one line, and fields beyond the count are left out: an object may have 16 MB. */
const deepest = 6;
const mostItems = 400;
const longestText = 2000;

export function describeContent(object: MicrobizzObject, t: Texts, formats: Formats): ContentItem[] {
  let left = mostItems;

  function describe(value: object, parent: string, depth: number): ContentItem[] {
    const collection = Array.isArray(value);
    const items: ContentItem[] = [];
    for (const [key, each] of Object.entries(value) as [string, unknown][]) {
      if ((left -= 1) < 0) break;
      const name = collection ? { text: String(Number(key) + 1), raw: false } : nameField(key, t);
      const shown = { name: shorten(name.text, 120), raw: name.raw };
      if (typeof each !== 'object' || each === null || depth >= deepest || Object.keys(each).length === 0) {
        const text = typeof each === 'string' ? shorten(each, longestText) : each;
        items.push({ ...shown, value: formats.value(collection ? parent : key, text, longestText) });
      } else items.push({ ...shown, items: describe(each, collection ? parent : key, depth + 1) });
    }
    return items;
  }

  const items = describe(object, '', 0);
  return left < 0 ? [...items, { name: '…', raw: false, value: '…' }] : items;
}
