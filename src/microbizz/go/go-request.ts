import type { GoParameters } from './build-url.ts';
import type { GoMethod } from './send.ts';

export interface GoRequest {
  readonly id?: string | number | undefined;
  readonly parameters?: GoParameters | undefined;
  /** Sent as JSON; bytes in it as base64. */
  readonly body?: object | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface GoAnswer {
  /** 200, or 201 when something was created. */
  readonly status: number;
  /** The JSON document; undefined when none came. */
  readonly document: unknown;
}

/** Any object, typed or not. Throws a GoError for every status that is not a success. */
export type RequestGo = (method: GoMethod, object: string, request?: GoRequest) => Promise<GoAnswer>;
