import { jsonVariables } from '../../microbizz/domain/catalogue.ts';
import type { Fields } from '../../microbizz/domain/event.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../errors.ts';
import { readFields } from '../http/read-fields.ts';

export interface ReadEventOptions {
  /** For a large text on another thread. */
  readonly isJson: (text: string) => Promise<boolean>;
  /** Told of the charset that was used, when a text is no UTF-8. */
  readonly onLegacy?: (charset: string) => void;
}

/** The fields of an event's POST. Refuses one without the variables that Microbizz documents for its hook; what is in them is not judged. */
export async function readEvent(
  hook: HookName,
  contentType: string,
  body: Buffer,
  { isJson, ...options }: ReadEventOptions,
): Promise<Fields> {
  const fields = readFields(contentType, body, options);
  for (const name of jsonVariables(hook)) {
    const text = fields[name];
    if (text === undefined && Object.keys(fields).some((field) => field.startsWith(`${name}[`))) continue;
    if (text === undefined) throw new Refusal('bad-request', `The variable "${name}" is missing.`);
    if (!(await isJson(text))) throw new Refusal('bad-request', `The variable "${name}" is not JSON.`);
  }
  return fields;
}
