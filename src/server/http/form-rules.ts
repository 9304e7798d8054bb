/**
 * Ten times PHP's limit (max_input_vars): 100 lines of 11 fields by http_build_query are 1,100. PHP silently leaves out further fields;
 * here such a body is refused, and kept.
 */
export const maxFields = 10_000;

/** As PHP (max_input_nesting_level): it leaves out a variable with more brackets, here the body is refused, and kept. */
export const maxBrackets = 64;

/** Made once: making them takes longer than using them. */
const forms = { charset: formOf('charset'), boundary: formOf('boundary') } as const;

function formOf(name: string): RegExp {
  return new RegExp(`[;,\\s]${name}\\s*=\\s*(?:"([^"]*)"|([^\\s;,]+))`, 'i');
}

/** `charset` or `boundary` of a Content-Type header; quoted or not. PHP ends it at a comma too: two headers may have been joined. */
export function parameter(header: string, name: keyof typeof forms): string | undefined {
  const found = forms[name].exec(header);
  return found?.[1] ?? found?.[2];
}
