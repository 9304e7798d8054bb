import { isUtf8 } from 'node:buffer';

/** In place of a charset: each byte is the character of its number. No header can say it. */
export const asBytes = '\0bytes';

/**
 * UTF-8 is the API's stated default (seed 000). Bytes that are not UTF-8 are read as Windows-1252, the old Danish default, so that
 * `Kørsel` from a latin1 sender is not lost; a charset that the sender names and that Node knows comes first.
 */
export function decodeText(bytes: Uint8Array, charset?: string): string {
  if (charset === asBytes) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const named = charset === undefined || /^utf-?8$/i.test(charset) ? undefined : decoder(charset);
  if (named) return named.decode(bytes);
  if (isUtf8(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return new TextDecoder('windows-1252').decode(bytes);
}

function decoder(charset: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(charset);
  } catch {
    return undefined;
  }
}
