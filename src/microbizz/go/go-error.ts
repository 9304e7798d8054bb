/** The statuses that the API documents for failures (docs/protocol.md §6); 200 and 201 mean success. */
const kinds = {
  400: 'bad-request',
  401: 'unauthorised',
  403: 'forbidden',
  404: 'not-found',
  405: 'wrong-method',
  500: 'server',
} as const;

const sentences = {
  'bad-request': 'did not understand the request',
  unauthorised: 'asks for a valid access token',
  forbidden: 'does not let this access token see that',
  'not-found': 'does not have that',
  'wrong-method': 'does not allow that method there',
  server: 'failed',
} as const;

/** input: refused here, nothing was sent · transport: not reached, too slow, too large · answer: not as documented. */
export type GoErrorKind = (typeof kinds)[keyof typeof kinds] | 'input' | 'transport' | 'answer';

/** Why the GO API did not do something. The message is one sentence; neither it nor the document holds a token or a password. */
export class GoError extends Error {
  readonly kind: GoErrorKind;
  /** The HTTP status, when there was one. */
  readonly status?: number;
  /** The JSON document that came with the status, as it came. Its shape is not documented. */
  readonly document?: unknown;

  constructor(kind: GoErrorKind, message: string, more: { status?: number; document?: unknown; cause?: unknown } = {}) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'GoError';
    this.kind = kind;
    if (more.status !== undefined) this.status = more.status;
    if (more.document !== undefined) this.document = more.document;
  }
}

/** The error that a status stands for; 3xx and others not documented are `answer`. */
export function errorOfStatus(status: number, document: unknown): GoError {
  const kind = kinds[status as keyof typeof kinds] as (typeof kinds)[keyof typeof kinds] | undefined;
  const said = saidIn(document);
  if (kind === undefined) {
    const redirect = status >= 300 && status < 400 ? ', a redirect, which is not followed' : '';
    return new GoError('answer', `GO answered with HTTP status ${status}${redirect}${said}.`, { status, document });
  }
  return new GoError(kind, `GO ${sentences[kind]} (${status})${said}.`, { status, document });
}

/** The error message's place in the document is not documented: the usual ones are tried. */
function saidIn(document: unknown): string {
  if (typeof document !== 'object' || document === null) return '';
  const { error, message, msg } = document as Readonly<Record<string, unknown>>;
  const text = [message, error, msg].find((each) => typeof each === 'string' && each !== '');
  if (typeof text === 'string') return `: ${text.slice(0, 500).replace(/\.$/, '')}`;
  return typeof error === 'object' ? saidIn(error) : '';
}
