import { ApiError, type Api, type BatchResult, type Call, type Input, type RunOptions } from './api.ts';
import { cutEnvelopes, type EnvelopeTerms, type Outcome, type SendEnvelope } from './batch-calls.ts';
import type { findCommand } from './commands.ts';
import { prepareCall, type Prepared } from './prepare-call.ts';
import { readPages } from './read-pages.ts';

export interface ApiParts {
  /** The table takes a while to build; it is there at the first call. */
  readonly table: () => Promise<{ findCommand: typeof findCommand }>;
  readonly queue: (call: Prepared, terms: EnvelopeTerms) => Promise<Outcome>;
  readonly send: SendEnvelope;
}

/** The parts of a list have no uniqueid: the second would pass for the first sent again. */
type Given = Omit<RunOptions, 'uniqueid'> & { readonly uniqueid?: string | undefined };

/** One tenant's Api, with default options bound in. */
export function buildApi({ table, queue, send }: ApiParts, defaults: RunOptions): Api {
  async function runPart(command: string, input: Input, given: Given) {
    const options = merge(defaults, given);
    const entry = (await table()).findCommand(command);
    const outcome = await queue(prepareCall(command, input, entry, options), options);
    if (outcome.kind === 'failed') throw outcome.error;
    if (outcome.kind === 'done') return outcome;
    throw new ApiError('command', `${command} was not run: a command before it in the same envelope failed`, {
      command,
    });
  }

  async function* pages(command: string, input: Input = {}, options: RunOptions & { items?: string } = {}) {
    const items = options.items ?? (await table()).findCommand(command)?.paged?.items;
    if (items === undefined) {
      throw new ApiError(
        'input',
        `items: ${command} is not known to answer in parts; name the field that has its items`,
        { command },
      );
    }
    yield* readPages((part) => runPart(command, part, { ...options, uniqueid: undefined }), input, items);
  }

  async function batch(calls: readonly Call[], given: RunOptions = {}): Promise<BatchResult[]> {
    const options = merge(defaults, given);
    const { findCommand } = await table();
    const prepared = calls.map(({ command, input = {}, uniqueid, _private = options._private }) =>
      // One uniqueid for several commands would make Microbizz take the second for a repetition of the first.
      prepareCall(command, input, findCommand(command), { uniqueid, _private }),
    );
    const results: BatchResult[] = [];
    for (const part of cutEnvelopes(prepared, (call) => call)) {
      const failed = results.some(({ status }) => status === 'rejected');
      const halted = options.haltonerror === true && failed;
      const outcomes = halted ? part.map((): Outcome => ({ kind: 'unrun' })) : await send(part, options);
      results.push(...outcomes.map(settle));
    }
    return results;
  }

  // The overloads of Api tell a caller what goes with what; below them a command is a name.
  return {
    run: async (command: string, input: Input = {}, options: RunOptions = {}) =>
      (await runPart(command, input, options)).result,
    batch,
    pages,
    async *each(command: string, input?: Input, options?: RunOptions & { items?: string }) {
      for await (const { items } of pages(command, input, options)) yield* items;
    },
  } as unknown as Api;
}

function settle(outcome: Outcome): BatchResult {
  if (outcome.kind === 'unrun') return { status: 'unrun' };
  if (outcome.kind === 'failed') return { status: 'rejected', reason: outcome.error };
  return { status: 'fulfilled', value: outcome.result };
}

/** Both signals count: a handler's time limit, and what its caller added. */
function merge(defaults: RunOptions, given: Given): Given {
  const both = defaults.signal && given.signal && { signal: AbortSignal.any([defaults.signal, given.signal]) };
  return { ...defaults, ...given, ...both };
}
