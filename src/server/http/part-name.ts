/** As curl and browsers write it, with nothing in it to be unwrapped: the rest of this file costs an event some µs. */
const usual = /^content-disposition: form-data; name="([^"\\%\r\n]*)"\r\n(?![ \t])/i;

/** The name in the headers of a part; undefined where it has none. A header may go on in the next line, if that begins with a blank. */
export function partName(headers: string): { name: string; isFile: boolean } | undefined {
  const simple = usual.exec(headers)?.[1];
  if (simple !== undefined) return { name: simple, isFile: false };
  const found = /^content-disposition\s*:([^\r\n]*(?:\r?\n[ \t]+[^\r\n]*)*)/im.exec(headers);
  let name: string | undefined;
  let isFile = false;
  for (const word of splitWords(found?.[1]?.replaceAll(/\r?\n[ \t]+/g, ' ') ?? '')) {
    const [, key, value = ''] = /^\s*([^=]*?)\s*=([^]*)$/.exec(word) ?? [];
    if (key?.toLowerCase() === 'name') name = unquote(value.trim());
    if (key?.toLowerCase() === 'filename') isFile = true;
  }
  return name === undefined ? undefined : { name, isFile };
}

/** At each `;`, and at a `,` for who writes that instead, but not within quotes: `"` or `'`, where a backslash keeps the next one. */
function splitWords(text: string): string[] {
  return text.match(/(?:"(?:\\"|[^"])*(?:"|$)|'(?:\\'|[^'])*(?:'|$)|[^;,"'])+/g) ?? [];
}

/** curl writes a quote in a name as `\"` or, since 7.81, as `%22`; browsers as `%22`, and a backslash as it is. PHP leaves the `%22`. */
function unquote(value: string): string {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return /^\S*/.exec(value)?.[0] ?? '';
  let text = '';
  for (let at = 1; at < value.length && value[at] !== quote; at += 1) {
    if (value[at] === '\\' && (value[at + 1] === '\\' || value[at + 1] === quote)) at += 1;
    text += value[at] ?? '';
  }
  return text.replaceAll('%22', '"');
}
