import type { JsonSet } from '../json-set.ts';

export interface GoRequest {
  readonly method: string;
  readonly object: string;
  /** Digits or `schema`. */
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

/** "An extended error message is provided as a JSON document": its shape is that of Ventu's own framework (platform4php, Endpoint). */
export function goError(status: number, message: string): GoAnswer {
  return { status, document: { error: true, http_response_code: status, message } };
}

/** What the framework answers to wrong parameters of a list: bare text, although it is called JSON. */
export class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
