/** What Ventu's documentation calls a set: field:value pairs. */
export type JsonSet = Readonly<Record<string, unknown>>;

export function isSet(value: unknown): value is JsonSet {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
