import { jsonVariables } from '../../microbizz/domain/catalogue.ts';
import type { Fields } from '../../microbizz/domain/event.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import { isJson } from '../../microbizz/domain/read-json.ts';
import { Refusal } from '../errors.ts';
import { readFields } from '../http/read-fields.ts';

/** The result of reading a body: its fields, or its fault. Plain data, because a large body is read on another thread. */
export type ReadEvent =
  | {
      readonly fields: Fields;
      /** The charset that was used, when a text is not UTF-8. */
      readonly legacy?: string;
    }
  | { readonly refused: Pick<Refusal, 'code' | 'message'> };

/** The fields of an event's POST. Refuses one without the variables that Microbizz documents for its hook; their values are not checked. */
export function readEvent(hook: HookName, contentType: string, body: Uint8Array): ReadEvent {
  try {
    let legacy: string | undefined;
    const fields = readFields(contentType, asBuffer(body), {
      onLegacy: (charset) => {
        legacy = charset;
      },
    });
    for (const name of jsonVariables(hook)) checkVariable(fields, name);
    return legacy === undefined ? { fields } : { fields, legacy };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message } = error;
    return { refused: { code, message } };
  }
}

function checkVariable(fields: Fields, name: string): void {
  const text = fields[name];
  if (text === undefined && Object.keys(fields).some((field) => field.startsWith(`${name}[`))) return;
  if (text === undefined) throw new Refusal('bad-request', `The variable "${name}" is missing.`);
  if (!isJson(text)) throw new Refusal('bad-request', `The variable "${name}" is not JSON.`);
}

/** A Buffer is only bytes when it comes from another thread. */
function asBuffer(body: Uint8Array): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
