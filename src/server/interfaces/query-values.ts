/** A URL's query; undefined values are left out. */
export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** As it is written in an address. */
export function textsOf(query: QueryValues = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
