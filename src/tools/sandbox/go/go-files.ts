import { isSet, type JsonSet } from '../json-set.ts';
import type { GoObject } from './go-objects.ts';
import type { GoRecord, GoState } from './go-state.ts';

/** What is wrong with the value of a file field: null for no file, or {action, filename, mimetype, binary} with base64 in it. */
export function checkFile(file: unknown): string | undefined {
  if (file === null) return undefined;
  if (!isSet(file) || !('action' in file)) return 'must be {action, filename, mimetype, binary}';
  const { action, filename, mimetype, binary } = file;
  // The page knows `remove` without `binary`; the framework as published asks for one there too, which looks like an oversight.
  if (action === 'remove') return undefined;
  if (action !== 'add') return 'action must be add or remove';
  if (typeof filename !== 'string' || typeof mimetype !== 'string') return 'needs filename and mimetype';
  const isBase64 = typeof binary === 'string' && Buffer.from(binary, 'base64').toString('base64') === binary;
  return isBase64 ? undefined : 'binary must be base64';
}

/** Checked fields as they are kept: files by their internal ID. */
export function storeFiles(go: GoState, { fields = {} }: GoObject, body: JsonSet): JsonSet {
  const stored: Record<string, unknown> = { ...body };
  for (const [name, file] of Object.entries(body)) {
    if (fields[name] !== 'file') continue;
    if (!isSet(file) || file['action'] === 'remove') {
      stored[name] = null;
      continue;
    }
    const { filename, mimetype, binary } = file;
    const id = go.files.size + 1;
    go.files.set(id, { filename: String(filename), mimetype: String(mimetype), binary: String(binary) });
    stored[name] = id;
  }
  return stored;
}

/**
 * An object as it is read: every field always, by name, and when it was made. A file is {filename, mimetype}, with include_binary_data
 * also the bytes: so the framework writes it today. Ventu's page says "an internal ID", as older versions of it did.
 */
export function showRecord(go: GoState, { fields = {} }: GoObject, record: GoRecord, binary: boolean): GoRecord {
  const names = Object.keys(fields).sort();
  const shown = Object.fromEntries(names.map((name) => [name, show(record[name] ?? null, fields[name])]));
  return { ...shown, __api_generated: tellGoTime(go) };

  function show(value: unknown, type: string | undefined): unknown {
    const file = type === 'file' ? go.files.get(Number(value)) : undefined;
    if (file === undefined) return value;
    const { filename, mimetype } = file;
    return binary ? file : { filename, mimetype };
  }
}

/** As in Ventu's sample of a query, "2021-01-15 14:45:00"; that it is UTC is a guess. */
export function tellGoTime(go: GoState): string {
  return new Date(go.now()).toISOString().slice(0, 19).replace('T', ' ');
}
