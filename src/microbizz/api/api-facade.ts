import type { Api, BatchResult, Call, Input, RunOptions } from './api.ts';
import { ApiError } from './api-error.ts';
import { cutEnvelopes, type EnvelopeTerms, type SendEnvelope } from './batch-calls.ts';
import { toApiError, type CallResult } from './call-result.ts';
import type { findCommand } from './commands/table.ts';
import { prepareCall, type Prepared } from './prepare-call.ts';
import { readPages } from './read-pages.ts';

export interface ApiParts {
  /** The table takes a while to build; it is there at the first call. */
  readonly table: () => Promise<{ findCommand: typeof findCommand }>;
  readonly queue: (call: Prepared, terms: EnvelopeTerms) => Promise<CallResult>;
  readonly send: SendEnvelope;
}

/** The parts of a list have no uniqueid: the second would pass for the first sent again. */
type Given = Omit<RunOptions, 'uniqueid'> & { readonly uniqueid?: string | undefined };

/** One tenant's Api, with default options bound in. */
export function buildApi({ table, queue, send }: ApiParts, defaults: RunOptions): Api {
  async function runPart(command: string, input: Input, given: Given) {
    const options = merge(defaults, given);
    const call = prepareCall(command, input, (await table()).findCommand(command), options);
    const result = await queue(call, options);
    if (result.kind !== 'done') throw toApiError(result, command);
    return { ...result, result: call.read(result.result) };
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
      // With one uniqueid for several commands, Microbizz would mistake the second for a repetition of the first.
      prepareCall(command, input, findCommand(command), { uniqueid, _private }),
    );
    const results: BatchResult[] = [];
    for (const part of cutEnvelopes(prepared, (call) => call)) {
      const failed = results.some(({ status }) => status === 'rejected');
      const halted = options.haltonerror === true && failed;
      const sent = halted ? undefined : await send(part, options);
      results.push(...part.map((call, at) => settle(call, sent?.[at])));
    }
    return results;
  }

  // The overloads of Api give callers the types of each command; below them a command is just a name.
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

function settle(call: Prepared, result: CallResult | undefined): BatchResult {
  if (result === undefined || result.kind === 'unrun') return { status: 'unrun' };
  if (result.kind !== 'done') return { status: 'rejected', reason: toApiError(result, call.command) };
  return { status: 'fulfilled', value: call.read(result.result) };
}

/** Both signals count: a handler's time limit, and the caller's own. */
function merge(defaults: RunOptions, given: Given): Given {
  const both = defaults.signal && given.signal && { signal: AbortSignal.any([defaults.signal, given.signal]) };
  return { ...defaults, ...given, ...both };
}
