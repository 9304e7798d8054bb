/** Milliseconds to wait by a `Retry-After` header: seconds, or a date. Undefined when it is neither, or has passed. */
export function readRetryAfter(header: string | string[] | undefined, now: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  // Date.parse reads "-5" and "1e3" as years.
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : /^[A-Za-z]/.test(text) ? Date.parse(text) - now : NaN;
  return wait > 0 ? wait : undefined;
}
