import { readList } from '../domain/php-list.ts';
import { ApiError, type CommandResult, type Input, type Page } from './api.ts';

/** Answers one part of a list: a result, with the server's date and time. */
export type RunPart = (input: Input) => Promise<{ result: CommandResult; date: string; time: string }>;

/**
 * The key of a part is always sent back and always looked for: the papers list it now among the inputs, now among the outputs. The list
 * ends where no key comes, or one that came before: sent again, it would go round for ever.
 */
export async function* readPages(
  run: RunPart,
  input: Input,
  items: string,
): AsyncGenerator<Page<unknown>, void, undefined> {
  const keys = new Set<unknown>(input['resumekey'] === undefined ? [] : [input['resumekey']]);
  let next = input;
  for (;;) {
    const { result, date, time } = await run(next);
    const found = result[items];
    const key = result['resumekey'];
    const repeated = keys.has(key);
    yield { items: readItems(found, items), date, time, ...(repeated && { repeated }) };
    if ((typeof key !== 'string' && typeof key !== 'number') || key === '' || key === 0 || repeated) return;
    keys.add(key);
    next = { ...input, resumekey: key };
  }
}

/** Nothing is an empty list; what is no list could be a list that we cannot read, and must not pass for the end of it. */
function readItems(found: unknown, items: string): unknown[] {
  const list = found === undefined || found === null || found === '' ? [] : readList(found);
  if (list === undefined) throw new ApiError('envelope', `Microbizz' answer has no list in ${items}`);
  return list;
}
