/** A failed connection in one word. Messages of undici and TLS can quote the other side; their codes cannot. */
export function codeOf(error: unknown): string {
  const { code, cause, errors } = error as { code?: unknown; cause?: unknown; errors?: unknown[] };
  if (typeof code === 'string') return code;
  const inner = cause ?? errors?.[0];
  return inner === undefined ? 'no code' : codeOf(inner);
}
