import { z } from 'zod';
import { readList } from '../domain/php-list.ts';
import { GoError } from './go-error.ts';

type Fields = z.ZodType<object>;

/** The documentation shows no answer: both a list of objects and a single object are accepted. */
export function readMany<F extends Fields>(fields: F, document: unknown, what: string): z.output<F>[] {
  const list = readList(document) ?? [document];
  return list.map((each) => read(fields, each, what));
}

export function readOne<F extends Fields>(fields: F, document: unknown, what: string): z.output<F> {
  const [first, ...more] = readMany(fields, document, what);
  if (first === undefined || more.length > 0)
    throw new GoError('answer', `GO answered ${more.length + (first ? 1 : 0)} of ${what} where one was asked for.`);
  return first;
}

/** The answer to a write is not documented: whichever fields come are read; nothing, `null` and PHP's `[]` count as none. */
export function readWritten<F extends Fields>(fields: F, document: unknown, what: string): z.output<F> {
  const empty = document === undefined || document === null || (Array.isArray(document) && document.length === 0);
  return readOne(fields, empty ? {} : document, what);
}

/** Checks input before it is sent: refuses with one sentence that names the field. */
export function checkInput(fields: z.ZodType<object, object>, input: unknown): object {
  const checked = fields.safeParse(input);
  if (checked.success) return checked.data;
  throw new GoError('input', `${explain(checked.error)}.`);
}

function read<F extends Fields>(fields: F, value: unknown, what: string): z.output<F> {
  const parsed = fields.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new GoError('answer', `GO's answer is not what is documented of ${what} (${explain(parsed.error)}).`);
}

function explain(error: z.ZodError): string {
  const [issue] = error.issues;
  const path = issue?.path.join('.') ?? '';
  return `${path === '' ? '' : `${path}: `}${issue?.message ?? 'not readable'}`;
}
