/**
 * input: refused by us, nothing was sent · transport: unreachable, too slow, not JSON, too large · envelope: the whole envelope was
 * refused, or has no result for this command · command: Microbizz refused this command, `msg` says why · token: the accesstoken is refused.
 */
export type ApiErrorKind = 'input' | 'transport' | 'envelope' | 'command' | 'token';

/** The message is one sentence, and never holds a token. */
export class ApiError extends Error {
  readonly kind: ApiErrorKind;
  readonly command: string | undefined;
  /** Microbizz's own words, when it said some. */
  readonly msg: string | undefined;

  constructor(
    kind: ApiErrorKind,
    message: string,
    { command, msg }: { command?: string; msg?: string | undefined } = {},
  ) {
    super(message);
    this.name = 'ApiError';
    this.kind = kind;
    this.command = command;
    this.msg = msg;
  }
}
