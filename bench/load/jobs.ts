/** What the generator is told to do; it travels from process to process. */
export interface Job {
  readonly port: number;
  /** One whole HTTP request, base64, with an object id of nine digits at `idAt`; left out, every request is the same. */
  readonly request: string;
  readonly idAt?: number;
  /** What the answer must hold to count, beside its status of 200. */
  readonly wanted: string;
  readonly connections: number;
  /** False: a new connection for each request, as PHP's curl makes it. */
  readonly kept: boolean;
  /** Milliseconds before anything is counted, and of the window that is. */
  readonly warmUp: number;
  readonly time: number;
  /** Requests a second, on a schedule that does not wait for answers. Left out: as many as `connections` can carry. */
  readonly rate?: number;
}

/** What came of one window. */
export interface LoadResult {
  readonly answered: number;
  /** Answers that were not as `wanted`, and connections that ended without one. */
  readonly failed: number;
  readonly seconds: number;
  /** Of one core, by the generator. */
  readonly cpu: number;
  /** Milliseconds: in a closed loop from the request, on a schedule from the moment that it was due. */
  readonly p50: number;
  readonly p99: number;
}

export type Message =
  { readonly kind: 'begin' } | { readonly kind: 'end'; readonly result: LoadResult } | { readonly kind: 'idle' };
