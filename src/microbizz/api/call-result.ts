import { ApiError, type ApiErrorKind } from './api-error.ts';

interface Meaning {
  /** The kind of the ApiError that it becomes. */
  readonly error: ApiErrorKind;
  /** Its meaning for the host. unknown: the host was not asked, or not waited for. */
  readonly host: 'answers' | 'answers-wrongly' | 'silent' | 'unknown';
  /** Another attempt may help, and who calls has time left for it. */
  readonly again?: true;
}

/** Every way in which a call fails, with its consequences. To add one, add a line here: the type checker names the other places to change. */
const failures = {
  /** Microbizz refused this command; `msg` says why. */
  'command-refused': { error: 'command', host: 'answers' },
  /** `haltonerror`: a command before it in the envelope failed. */
  unrun: { error: 'command', host: 'answers' },
  /** Microbizz refused the whole envelope, so that nothing of it was run. */
  'envelope-refused': { error: 'envelope', host: 'answers' },
  /** For its accesstoken: see watch-token. */
  'token-refused': { error: 'token', host: 'answers' },
  /** None of the results can be matched to this command. */
  unmatched: { error: 'envelope', host: 'answers' },
  /** The answer was given up at the limit. */
  large: { error: 'transport', host: 'answers' },
  /** An answer, but none that Microbizz documents. */
  broken: { error: 'transport', host: 'answers-wrongly', again: true },
  unreachable: { error: 'transport', host: 'silent', again: true },
  slow: { error: 'transport', host: 'silent' },
  /** Given up by the caller, or by the end of the process. */
  aborted: { error: 'transport', host: 'unknown' },
  /** Not sent: see host-policy. */
  resting: { error: 'transport', host: 'unknown' },
} as const satisfies Record<string, Meaning>;

export type FailureKind = keyof typeof failures;

export interface CallFailure {
  readonly kind: FailureKind;
  /** One sentence without its full stop, and without tokens. */
  readonly reason: string;
  /** Microbizz's own words, when it said some. */
  readonly msg?: string | undefined;
  /** Milliseconds for which Microbizz asks to be left alone. */
  readonly retryAfter?: number | undefined;
}

/**
 * The result of one command. Only `done` means that Microbizz carried it out: both statuses were 1 (docs/protocol.md: the envelope's alone
 * says nothing about the command).
 */
export type CallResult =
  | {
      readonly kind: 'done';
      readonly result: Readonly<Record<string, unknown>>;
      readonly date: string;
      readonly time: string;
    }
  | CallFailure;

/** The result of an envelope: of each of its commands, or of all alike. */
export type Answered = readonly CallResult[] | CallFailure;

export function resultAt(answered: Answered, at: number): CallResult {
  // There is one for each command.
  return 'kind' in answered ? answered : (answered[at] as CallResult);
}

export function meaningOf({ kind }: CallFailure): Meaning {
  return failures[kind];
}

/** The meaning of an envelope's result for its host. */
export function hostIn(answered: Answered): Meaning['host'] {
  return 'kind' in answered ? meaningOf(answered).host : 'answers';
}

export function toApiError(failure: CallFailure, command: string): ApiError {
  return new ApiError(meaningOf(failure).error, failure.reason, { command, msg: failure.msg });
}
