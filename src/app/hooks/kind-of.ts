import type { Texts } from '../texts/texts.ts';

/** An event of a hook that has no name of its own here is shown by its path. */
export function kindOf(path: string, { kinds }: Texts): { one: string; many: string } {
  const names: Readonly<Record<string, { one: string; many: string }>> = kinds;
  return (Object.hasOwn(names, path) ? names[path] : undefined) ?? { one: path, many: path };
}
