import type { Fields } from './event.ts';

type Branch = Map<string, string | Branch>;

/** The object that PHP's bracket fields of one variable (`object[lines][0][count]=2`) stand for; undefined where there are none. */
export function readBrackets(fields: Fields, variable: string): Readonly<Record<string, unknown>> | undefined {
  const root: Branch = new Map();
  const start = `${variable}[`;
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(start)) continue;
    const path = [...name.slice(variable.length).matchAll(/\[([^\]]*)\]/g)].map(([, key]) => key as string);
    const last = path.pop();
    if (last === undefined) continue;
    let branch = root;
    for (const key of path) {
      const there = branch.get(key);
      if (there instanceof Map) branch = there;
      else branch.set(key, (branch = new Map()));
    }
    branch.set(last, value);
  }
  return root.size === 0 ? undefined : Object.fromEntries(members(root));
}

function members(branch: Branch): [string, unknown][] {
  return [...branch].map(([key, value]) => [key, typeof value === 'string' ? value : toValue(value)]);
}

/** Keys from 0 on, without a gap, are a list, as for PHP's json_encode. */
function toValue(branch: Branch): unknown {
  const isList = [...branch.keys()].every((key, at) => key === String(at));
  return isList ? members(branch).map(([, value]) => value) : Object.fromEntries(members(branch));
}
