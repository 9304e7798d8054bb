import { readList } from '../domain/php-list.ts';
import type { CommandResult, Input, Page } from './api.ts';
import { ApiError } from './api-error.ts';

/** Answers one part of a list: a result, with the server's date and time. */
export type RunPart = (input: Input) => Promise<{ result: CommandResult; date: string; time: string }>;

/** Parts without items, one after the other, after which a list counts as endless. */
const mostEmpty = 100;
/** Milliseconds of asking for one list, without the time for handling its items. */
const mostTime = 3_600_000;

/**
 * The key of a part is always sent back and always looked for: the documentation lists it now among the inputs, now among the outputs. The list
 * ends where no key comes, or one that came before: sent again, it would go round for ever. One whose keys are
 * new each time ends after 100 parts without items or an hour of asking, by an error: it may not be complete.
 */
export async function* readPages(
  run: RunPart,
  input: Input,
  items: string,
  clock: () => number = () => performance.now(),
): AsyncGenerator<Page<unknown>, void, undefined> {
  const keys = new Set<unknown>(input['resumekey'] === undefined ? [] : [input['resumekey']]);
  let next = input;
  let empty = 0;
  let asked = 0;
  for (;;) {
    const began = clock();
    const { result, date, time } = await run(next);
    asked += clock() - began;
    const found = readItems(result[items], items);
    const key = result['resumekey'];
    const repeated = keys.has(key);
    yield { items: found, date, time, ...(repeated && { repeated }) };
    if ((typeof key !== 'string' && typeof key !== 'number') || key === '' || key === 0 || repeated) return;
    empty = found.length === 0 ? empty + 1 : 0;
    if (empty >= mostEmpty)
      throw new ApiError('envelope', `Microbizz' list goes on without items: ${mostEmpty} parts in a row had none`);
    if (asked >= mostTime) throw new ApiError('envelope', "Microbizz' list did not end within an hour");
    keys.add(key);
    next = { ...input, resumekey: key };
  }
}

/** Nothing is an empty list; anything that is not a list could be one that we cannot read, and must not pass for the end of it. */
function readItems(found: unknown, items: string): unknown[] {
  const list = found === undefined || found === null || found === '' ? [] : readList(found);
  if (list === undefined) throw new ApiError('envelope', `Microbizz' answer has no list in ${items}`);
  return list;
}
