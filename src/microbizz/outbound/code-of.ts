/** A failed connection in a word. undici's and TLS' messages can quote what the other side sent; their codes cannot. */
export function codeOf(error: unknown): string {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  const inner = cause ?? errors?.[0];
  return inner === undefined ? 'no code' : codeOf(inner);
}
