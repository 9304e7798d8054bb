/** Every way in which this server says no, and the HTTP status that goes with it. */
const statuses = {
  'bad-request': 400,
  'session-missing': 401,
  'session-refused': 403,
  'session-ended': 401,
  'invitation-missing': 403,
  'not-connected': 403,
  'unknown-key': 404,
  'not-found': 404,
  'already-used': 409,
  expired: 410,
  'unknown-media': 415,
  'too-many': 429,
  'too-many-downloads': 429,
  'upstream-refused': 502,
  'upstream-broken': 502,
  unavailable: 503,
  'upstream-slow': 504,
} as const;

export type ErrorCode = keyof typeof statuses;

/** An expected refusal. The message is one plain sentence for the reader, never with a secret, a token or a key in it. */
export class Refusal extends Error {
  readonly code: ErrorCode;
  /** The message in one word, for code that says it in another language. */
  readonly kind: string | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { readonly kind?: string }) {
    super(message, options);
    this.name = 'Refusal';
    this.code = code;
    this.kind = options?.kind;
  }

  get statusCode(): number {
    return statuses[this.code];
  }
}
