const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text, or undefined for bytes that are not UTF-8: PHP passes them on, and json_decode then refuses them. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * name=value&… as PHP reads it: "+" is a blank, a "%" without two hexadecimal digits behind it stays, the last of a name counts. A
 * value that is not UTF-8 is left out, since here all are read as JSON or compared. Bracketed names are not needed.
 */
export function readPhpQuery(text: string): Record<string, string> {
  const fields = new Map<string, string>();
  for (const pair of text.split('&')) {
    const at = pair.indexOf('=');
    const name = decode(at === -1 ? pair : pair.slice(0, at));
    const value = decode(at === -1 ? '' : pair.slice(at + 1));
    if (name === undefined || name === '') continue;
    if (value === undefined) fields.delete(name);
    else fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

function decode(text: string): string | undefined {
  // Bytes above ASCII that came without percent sign and are not UTF-8 have become this character on the way here.
  if (text.includes('\ufffd')) return undefined;
  const blanked = text.replaceAll('+', ' ');
  if (!blanked.includes('%')) return blanked;
  const bytes = Buffer.from(blanked, 'utf8').toString('latin1');
  const decoded = bytes.replaceAll(/%([0-9a-f]{2})/gi, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  return decodeUtf8(Buffer.from(decoded, 'latin1'));
}
