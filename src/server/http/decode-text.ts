import { isUtf8 } from 'node:buffer';

/** How the texts of one body are read. */
export interface Reading {
  /** The sender's charset. It decides only about bytes that are not UTF-8: senders name the charset of their page, not of their bytes. */
  charset?: string | undefined;
  /** Set when a text was not UTF-8 at all, to the charset that it was read in. */
  legacy?: string;
  /** Each byte is the character of its number, and no charset or mark matters. */
  readonly asBytes?: boolean;
}

/**
 * UTF-8 is the API's stated default: valid UTF-8 stays, whatever the header says, and a byte order mark in front is skipped. If most of
 * the bytes beyond ASCII are UTF-8, each bad byte costs its own character: PHP's substr and MySQL cut texts at bytes. All other texts
 * are read in the sender's charset, or as Windows-1252, the old Danish default, so that `Kørsel` from a latin1 sender is not lost.
 */
export function decodeText(bytes: Uint8Array, reading: Reading = {}): string {
  if (reading.asBytes === true) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (isUtf8(bytes)) {
    const from = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, bytes.byteLength - from).toString('utf8');
  }
  if (isMostlyUtf8(bytes)) return new TextDecoder('utf-8').decode(bytes);
  const decoder = legacyDecoder(reading.charset);
  reading.legacy = decoder.encoding;
  return decoder.decode(bytes);
}

/** Counts characters of several bytes against bytes that are part of none. */
function isMostlyUtf8(bytes: Uint8Array): boolean {
  let balance = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const lead = bytes[at] as number;
    if (lead < 0x80) continue;
    const more = lead < 0xc2 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : lead < 0xf5 ? 3 : 0;
    let seen = 0;
    while (seen < more && ((bytes[at + seen + 1] as number) & 0xc0) === 0x80) seen += 1;
    balance += more > 0 && seen === more ? 1 : -1;
    at += seen;
  }
  return balance >= 0;
}

function legacyDecoder(charset: string | undefined): InstanceType<typeof TextDecoder> {
  try {
    if (charset !== undefined && !/^utf-?8$/i.test(charset)) return new TextDecoder(charset);
  } catch {
    // A charset that nobody knows.
  }
  return new TextDecoder('windows-1252');
}
