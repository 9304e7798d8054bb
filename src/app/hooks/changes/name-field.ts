import type { Texts } from '../../texts/texts.ts';

export interface FieldName {
  readonly text: string;
  /** Whether the reader sees the raw name, because its meaning is not known. */
  readonly raw: boolean;
}

/** `lines.2.count` → Lines › 3 › Count. Parts without a known meaning keep Microbizz's name; places are counted from 1. */
export function nameField(path: string, { fields }: Texts): FieldName {
  const names: Readonly<Record<string, string>> = fields;
  const parts = path.split('.');
  const known = parts.map((part) => /^\d+$/.test(part) || Object.hasOwn(names, part));
  const text = parts.map((part, at) =>
    /^\d+$/.test(part) && at > 0 ? String(Number(part) + 1) : Object.hasOwn(names, part) ? String(names[part]) : part,
  );
  return { text: text.join(' › '), raw: known.includes(false) };
}

/** The member that a path leads to, which decides its value's format. For a collection's entry, the collection. */
export function lastName(path: string): string {
  return (
    path
      .split('.')
      .filter((part) => !/^\d+$/.test(part))
      .at(-1) ?? path
  );
}
