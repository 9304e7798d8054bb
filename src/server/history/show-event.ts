import { mainVariable } from '../../microbizz/domain/catalogue.ts';
import { parseFields } from '../../microbizz/domain/event.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import { readObject, writeObject, type MicrobizzObject } from '../../microbizz/domain/read-object.ts';
import { diffObjects, type Difference } from './diff-objects.ts';

/** Enough to show: the rest of a long text or a large set is not copied from the thread that read it. */
const shownText = 2100;
const shownMembers = 500;
const shownDepth = 10;

/** The differences between two events of one object; undefined where one of them cannot be read. JSON of their fields. */
export function compareEvents(hook: HookName, before: string, after: string): Difference | undefined {
  const [from, to] = [readEvent(hook, before), readEvent(hook, after)];
  if (from === undefined || to === undefined) return undefined;
  const { fields, complete } = diffObjects(from, to);
  const cut = fields.map(({ path, kind, ...values }) => ({
    path,
    kind,
    ...('from' in values && { from: cutValue(values.from, 50) }),
    ...('to' in values && { to: cutValue(values.to, 50) }),
  }));
  return { fields: cut, complete };
}

/** The object of an event as far as a page shows it. */
export function readContent(hook: HookName, json: string): MicrobizzObject | undefined {
  return cutValue(readEvent(hook, json), shownMembers) as MicrobizzObject | undefined;
}

/** The object as one line of JSON text, as it came; if it cannot be read as an object, all fields. */
export function writeContent(hook: HookName, json: string): string {
  const fields = parseFields(json);
  const main = mainVariable(hook);
  const text = readObject(fields, main) === undefined ? JSON.stringify(fields) : writeObject(fields, main);
  // JSON has line ends between its tokens only.
  return text.replaceAll(/[\r\n]+/g, ' ');
}

function readEvent(hook: HookName, json: string): MicrobizzObject | undefined {
  return readObject(parseFields(json), mainVariable(hook));
}

/** @param most members in all, of all levels together */
function cutValue(whole: unknown, most: number): unknown {
  let left = most;
  function cut(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return value.slice(0, shownText);
    if (typeof value !== 'object' || value === null) return value;
    const members: [string, unknown][] = [];
    if (depth > 0)
      for (const [name, each] of Object.entries(value)) {
        if ((left -= 1) < 0) break;
        members.push([name, cut(each, depth - 1)]);
      }
    return Array.isArray(value) ? members.map(([, each]) => each) : Object.fromEntries(members);
  }
  return cut(whole, shownDepth);
}
