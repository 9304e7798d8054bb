import { jsonVariables } from '../domain/catalogue.ts';
import type { Fields } from '../domain/event.ts';
import type { HookName } from '../domain/hook.ts';
import { Refusal } from '../errors.ts';

/**
 * Refuses an event without the variables that Microbizz documents for its hook. What is in them is not judged.
 *
 * @param isJson for a large text on another thread
 */
export async function checkVariables(
  hook: HookName,
  fields: Fields,
  isJson: (text: string) => Promise<boolean>,
): Promise<void> {
  for (const name of jsonVariables(hook)) {
    const text = fields[name];
    if (text === undefined && Object.keys(fields).some((field) => field.startsWith(`${name}[`))) continue;
    if (text === undefined) throw new Refusal('bad-request', `The variable "${name}" is missing.`);
    if (!(await isJson(text))) throw new Refusal('bad-request', `The variable "${name}" is not JSON.`);
  }
}
