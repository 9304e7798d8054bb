/** PHP takes as many (max_input_vars), and so does Microbizz, which is PHP. */
export const maxFields = 1000;

/** `charset` or `boundary` of a Content-Type header; quoted or not. */
export function parameter(header: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(header);
  return found?.[1] ?? found?.[2];
}
