import { parse, type ParsedUrlQuery } from 'node:querystring';
import { decodeText } from './decode-text.ts';

/** The names and texts of a query, read as a form's are: the default leaves bytes that are not UTF-8 in their `%D8`. A name that comes twice gives a list. */
export function parseQuery(query: string): ParsedUrlQuery {
  return parse(query, '&', '=', { maxKeys: 0, decodeURIComponent: (piece) => decodeText(bytesOf(piece)) });
}

function bytesOf(piece: string): Buffer {
  const decoded = piece.replaceAll(/%([0-9a-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(decoded, 'latin1');
}
