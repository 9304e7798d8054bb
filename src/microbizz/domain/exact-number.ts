/**
 * Whether a JavaScript number holds these digits exactly. It does not for integers beyond 2^53 (two of them may become one), for decimals
 * of more than 15 to 17 digits, for exponents out of range, and for `-0`, which is written as `0`.
 *
 * @param token a number as JSON writes it
 */
export function isExact(token: string): boolean {
  const value = Number(token);
  if (value === 0 && token.startsWith('-')) return false;
  if (Math.abs(value) > Number.MAX_SAFE_INTEGER) return false;
  return String(value) === token || decimalOf(String(value)) === decimalOf(token);
}

const form = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,9}))?$/;

/** One text for one decimal number, however it is written: `1042.50` and `1.0425e3` are one. Undefined for anything else. */
export function decimalOf(text: string): string | undefined {
  const [, sign = '', whole = '', part = '', power = '0'] = form.exec(text) ?? [];
  if (whole === '') return undefined;
  const digits = trimEnd((whole + part).replace(/^0+/, ''));
  if (digits === '') return '0';
  // The exponent of the first digit: where the digits begin, not how many of them follow.
  const first = Number(power) + whole.length - ((whole + part).length - (whole + part).replace(/^0+/, '').length);
  return `${sign}${digits}e${first}`;
}

/** The number with just these digits, for JSON.stringify to write. Node 24 has it, TypeScript's library not yet. */
export function rawNumber(token: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(token);
}

/** By hand: /0+$/ takes the square of a run of zeros that something follows. */
function trimEnd(digits: string): string {
  let end = digits.length;
  while (digits.charCodeAt(end - 1) === 48) end -= 1;
  return digits.slice(0, end);
}
