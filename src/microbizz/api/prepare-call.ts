import { z } from 'zod';
import type { CommandResult } from './api.ts';
import { ApiError } from './api-error.ts';
import type { Command } from './commands/table.ts';

/** A command that was checked, as it will be sent. */
export interface Prepared {
  readonly command: string;
  readonly json: string;
  /** It may be sent again: it reads, or Microbizz can recognise it by its uniqueid. */
  readonly retriable: boolean;
  /** Secrets that Microbizz's words must not repeat. */
  readonly sessiontoken: unknown;
  readonly read: (raw: CommandResult) => CommandResult;
}

/** Checks the input and puts it into the form of the wire. Throws an ApiError that names every fault; `entry` is the table's, if any. */
export function prepareCall(
  command: string,
  input: object,
  entry: Command | undefined,
  options: { readonly uniqueid?: string | undefined; readonly _private?: unknown },
): Prepared {
  const { uniqueid, _private } = options;
  const checked = entry === undefined ? { ...input } : check(command, entry, input);
  const sent = {
    ...checked,
    command,
    ...(uniqueid !== undefined && { uniqueid }),
    ...(_private !== undefined && { _private }),
  };
  return {
    command,
    json: write(command, sent),
    retriable: entry?.reads === true || uniqueid !== undefined,
    sessiontoken: checked['sessiontoken'],
    read: entry === undefined ? (raw) => raw : (raw) => readOutput(entry, raw),
  };
}

function check(command: string, entry: Command, input: object): Record<string, unknown> {
  const encoded = z.safeEncode(entry.input, input as Record<string, unknown>);
  if (encoded.success) return encoded.data;
  const faults = encoded.error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`);
  throw new ApiError('input', faults.join('; '), { command });
}

function write(command: string, value: object): string {
  // A cycle, a bigint or a toJSON, in a field that the table does not know.
  try {
    const json = JSON.stringify(value) as string | undefined;
    if (json?.startsWith('{') === true) return json;
  } catch {
    // The same.
  }
  throw new ApiError('input', 'input: cannot be written as JSON', { command });
}

/** Never throws: a value that cannot be read as its type stays as it came. */
function readOutput(entry: Command, raw: CommandResult): CommandResult {
  const absent = Object.keys(entry.output.shape).filter(
    (name) => !(entry.output.shape[name] instanceof z.ZodOptional) && !(name in raw),
  );
  const whole = absent.length === 0 ? raw : { ...raw, ...Object.fromEntries(absent.map((name) => [name, null])) };
  return z.decode(entry.output, whole);
}
