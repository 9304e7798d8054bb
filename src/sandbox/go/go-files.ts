import { isSet, type JsonSet } from '../json-set.ts';
import type { GoObject } from './go-objects.ts';
import type { GoRecord, GoState } from './go-state.ts';

/** Takes files out of the fields and puts their internal ID there, or null. A text says what is wrong with one. */
export function storeFiles(go: GoState, known: GoObject, body: JsonSet): JsonSet | string {
  const fields: Record<string, unknown> = { ...body };
  for (const name of known.files ?? []) {
    if (!(name in body)) continue;
    const file = body[name];
    if (!isSet(file)) return `${name} must be {action, filename, mimetype, binary}`;
    const { action, filename, mimetype, binary } = file;
    if (action === 'remove') {
      fields[name] = null;
      continue;
    }
    if (action !== 'add') return `${name}.action must be "add" or "remove"`;
    if (typeof filename !== 'string' || typeof mimetype !== 'string') return `${name} needs filename and mimetype`;
    if (typeof binary !== 'string' || Buffer.from(binary, 'base64').toString('base64') !== binary)
      return `${name}.binary must be base64`;
    const id = go.files.size + 1;
    go.files.set(id, { filename, mimetype, binary });
    fields[name] = id;
  }
  return fields;
}

/** File fields hold the internal ID, or with include_binary_data also the bytes; how these look is not documented. */
export function showRecord(go: GoState, known: GoObject, record: GoRecord, binary: boolean): GoRecord {
  const shown = { ...record };
  for (const name of binary ? (known.files ?? []) : []) {
    const file = go.files.get(Number(record[name]));
    if (file !== undefined) shown[name] = { id: record[name], ...file };
  }
  return shown;
}
