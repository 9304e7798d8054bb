/** Adds a value to a statement that is put together, and answers its placeholder. */
export type Add = (value: unknown) => string;

export function newValues(): { readonly values: readonly unknown[]; readonly add: Add } {
  const values: unknown[] = [];
  return { values, add: (value) => `$${values.push(value)}` };
}
