import type { JsonSet } from '../json-set.ts';

export interface GoRequest {
  readonly method: string;
  readonly object: string;
  readonly id: string | undefined;
  readonly query: JsonSet;
  /** The text of the body; empty when there is none. */
  readonly body: string;
  readonly token: string | undefined;
}

export interface GoAnswer {
  readonly status: number;
  readonly document: unknown;
}

/** "An extended error message is provided as a JSON document" of unknown shape: this one is INVENTED. */
export function goError(status: number, message: string): GoAnswer {
  return { status, document: { error: { message } } };
}
