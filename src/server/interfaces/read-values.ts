import { z } from 'zod';
import { interfaceVariables } from '../../microbizz/domain/catalogue.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../errors.ts';
import { languages, type Language } from '../http/language.ts';

export type Values = Readonly<Record<string, string>>;

/** Bytes of all variables together, as they are in the pass of every link: as JSON, where a character may have six. */
const maxVariables = 2000;
const sentences = Object.fromEntries(languages.map(({ code }) => [code, z.locales[code]().localeError])) as Record<
  Language,
  z.core.$ZodErrorMap
>;

/** A URL's query as text. Of two equal names the last counts, as in forms. */
export function readQuery(query: Readonly<Record<string, string | string[] | undefined>>): Values {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => {
      const last = Array.isArray(value) ? value.at(-1) : value;
      return last === undefined || name === 'sessiontoken' || name === 'pass' ? [] : [[name, last]];
    }),
  );
}

/** The parameters of an address that Microbizz opened: the hook's, and the rest for the page's query. */
export function readVariables(hook: HookName, query: Values): { variables: Values; rest: Values } {
  if (Buffer.byteLength(JSON.stringify(query)) > maxVariables)
    throw new Refusal('bad-request', 'The variables in the address are too long.');
  const known = interfaceVariables(hook);
  return {
    variables: query,
    rest: Object.fromEntries(Object.entries(query).filter(([name]) => !known.includes(name))),
  };
}

/** Text from outside as the schema reads it, or a sentence for each field that it refuses. */
export function readValues(
  schema: z.ZodType | undefined,
  values: Values,
  language: Language,
): { data: unknown } | { faults: Values } {
  if (schema === undefined) return { data: {} };
  const read = schema.safeParse(values, { error: sentences[language] });
  if (read.success) return { data: read.data };
  // The first fault of a field is the one to correct.
  const faults = read.error.issues.map(({ path, message }): [string, string] => [String(path[0] ?? ''), message]);
  return { faults: Object.fromEntries(faults.reverse()) };
}
