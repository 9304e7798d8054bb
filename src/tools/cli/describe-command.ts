import { z } from 'zod';
import type { Command } from '../../microbizz/api/commands/table.ts';
import { describeFields, type DescribedField } from '../../microbizz/api/command-table.ts';
import { typeFields } from '../../microbizz/api/commands/types/sets.ts';

/** An entry of the table of commands, as a reader wants it. */
export function describeCommand(name: string, entry: Command) {
  const input = describeFields(entry.input);
  const output = describeFields(entry.output);
  return {
    name,
    kind: entry.reads === true ? 'reads' : 'writes',
    description: entry.description,
    source: entry.source,
    note: entry.note,
    paged: entry.paged?.items,
    input,
    output,
    types: describeTypes([...input, ...output]),
  };
}

/** The complex types that the fields are of, each by `name type` of its fields; those of which no field is known are left out. */
function describeTypes(fields: readonly DescribedField[]): Record<string, string[]> {
  const named = new Set(fields.map(({ type }) => type.replace(/^collection\[(.*)\]$/, '$1')));
  const described = [...named].map((name): [string, string[]] => [
    name,
    describeFields(typeFields.get(name) ?? z.object({})).map(({ field, type }) => `${field} ${type}`),
  ]);
  return Object.fromEntries(described.filter(([, known]) => known.length > 0));
}
