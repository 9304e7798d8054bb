import type { RunOptions } from './api.ts';
import type { CallResult } from './call-result.ts';
import type { Prepared } from './prepare-call.ts';

/** The terms that all commands of an envelope share; the other options are each command's own. */
export type EnvelopeTerms = Pick<RunOptions, 'haltonerror' | 'signal' | 'timeout' | 'disableCallbacks'>;

export type SendEnvelope = (calls: readonly Prepared[], terms: EnvelopeTerms) => Promise<readonly CallResult[]>;

/** Commands in one envelope, and characters of JSON: PHP accepts 8 MB of form unless it is configured otherwise. */
const maxCommands = 50;
const maxSize = 2 * 1024 * 1024;

interface Waiting {
  readonly call: Prepared;
  resolve(result: CallResult): void;
  reject(error: unknown): void;
}

/**
 * Gathers the commands of one tick, those with the same terms in one envelope. Commands that may be sent twice share no envelope with
 * others. The tick ends with setImmediate: after all promises that can go on, and before anything is waited for.
 */
export function buildBatcher(send: SendEnvelope): (call: Prepared, terms: EnvelopeTerms) => Promise<CallResult> {
  let groups = new Map<AbortSignal | undefined, Map<string, { terms: EnvelopeTerms; waiting: Waiting[] }>>();

  function flush(): void {
    const all = [...groups.values()].flatMap((bySignal) => [...bySignal.values()]);
    groups = new Map();
    for (const { terms, waiting } of all) {
      for (const part of cutEnvelopes(waiting, ({ call }) => call)) deliver(part, terms);
    }
  }
  function deliver(part: readonly Waiting[], terms: EnvelopeTerms): void {
    send(
      part.map(({ call }) => call),
      terms,
    ).then(
      (results) => {
        results.forEach((result, at) => part[at]?.resolve(result));
      },
      (error: unknown) => {
        for (const { reject } of part) reject(error);
      },
    );
  }
  return (call, terms) =>
    new Promise((resolve, reject) => {
      if (groups.size === 0) setImmediate(flush);
      const bySignal = groups.get(terms.signal) ?? new Map<string, { terms: EnvelopeTerms; waiting: Waiting[] }>();
      groups.set(terms.signal, bySignal);
      const key = JSON.stringify([
        call.retriable,
        terms.timeout,
        terms.haltonerror === true,
        terms.disableCallbacks === true,
      ]);
      const group = bySignal.get(key) ?? { terms, waiting: [] };
      bySignal.set(key, group);
      group.waiting.push({ call, resolve, reject });
    });
}

/** Cuts a row of commands into envelopes, in their order. One that is too large goes alone. */
export function cutEnvelopes<T>(row: readonly T[], callOf: (item: T) => Prepared): T[][] {
  const parts: T[][] = [];
  let part: T[] = [];
  let size = 0;
  for (const item of row) {
    const { length } = callOf(item).json;
    if (part.length === maxCommands || (part.length > 0 && size + length > maxSize)) {
      parts.push(part);
      part = [];
      size = 0;
    }
    part.push(item);
    size += length;
  }
  if (part.length > 0) parts.push(part);
  return parts;
}
