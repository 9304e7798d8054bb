import { z } from 'zod';
import type { Command } from './commands/table.ts';
import { wireNameOf } from './commands/types/basic.ts';

/** A field as it is documented. */
export interface DescribedField {
  readonly field: string;
  /** By the documentation's own name: `number`, `collection[customer]`. */
  readonly type: string;
  /** Of an input: it must be given. The documentation rarely says so. Of an output: it is always there. */
  readonly needed: boolean;
  readonly meaning: string;
}

/** The fields of a command's input or output, or of a complex type. */
export function describeFields(object: z.ZodObject): DescribedField[] {
  return Object.entries(object.shape as Readonly<Record<string, z.ZodType>>).map(([field, type]) => ({
    field,
    type: wireNameOf(type) ?? 'unknown',
    needed: !(type instanceof z.ZodOptional),
    meaning: type.description ?? '',
  }));
}

/** The table `commands` in README.md: one row per command. */
export function drawTable(commands: Readonly<Record<string, Command>>): string {
  const rows = Object.entries(commands).map(([name, command]) => {
    const marks = [command.reads && 'reads', command.paged && 'in parts'].filter(Boolean).join(', ');
    const cells = [
      `\`${name}\``,
      list(command.input, true),
      list(command.output, false),
      marks,
      `${command.source}${command.note === undefined ? '' : `; ${command.note}`}`,
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| command | input (? may be left out) | output | | source; what it leaves open |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function list(object: z.ZodObject, input: boolean): string {
  return describeFields(object)
    .map(({ field, type, needed }) => `\`${field}${input && !needed ? '?' : ''}\` ${type}`)
    .join(', ');
}
