import type { Fields } from '../../microbizz/domain/event.ts';
import { Refusal } from '../errors.ts';
import { maxBrackets, maxFields } from './form-rules.ts';

/** One of PHP's arrays while it grows. */
interface Branch {
  readonly members: Map<string, string | Branch>;
  /** The next number for `[]`: one more than the largest so far, 0 where there is none. */
  next: bigint | undefined;
}

export interface Collector {
  add(name: string, value: string): void;
  /**
   * PHP's $_POST, flat: each value under its name with the brackets that lead to it, `object[lines][0][count]`. Reading
   * these names again gives the same.
   */
  readonly fields: () => Fields;
}

const special = /[ .[\0]|^$/;
const largest = 2n ** 63n - 1n;

/** Puts fields together by the rules of php_register_variable_ex (main/php_variables.c of PHP 8.2). */
export function collectFields(): Collector {
  const fields = Object.create(null) as Record<string, string>;
  const branches = new Map<string, Branch>();
  let count = 0;

  function addNested(base: string, path: readonly string[], value: string): void {
    Reflect.deleteProperty(fields, base);
    let branch = branches.get(base);
    if (branch === undefined) branches.set(base, (branch = newBranch()));
    for (const key of path.slice(0, -1)) branch = enter(branch, key);
    const last = claim(branch, path.at(-1) as string);
    if (last !== undefined) branch.members.set(last, value);
  }

  return {
    add(name, value) {
      count += 1;
      if (count > maxFields) throw new Refusal('bad-request', `The body has more than ${maxFields} fields.`);
      if (!special.test(name)) {
        if (branches.size > 0) branches.delete(name);
        fields[name] = value;
        return;
      }
      const { base, path } = readName(name);
      if (base === '') return;
      if (path.length > 0) addNested(base, path, value);
      else {
        branches.delete(base);
        fields[base] = value;
      }
    },
    fields() {
      for (const [base, branch] of branches) flatten(fields, base, branch);
      return fields;
    },
  };
}

function newBranch(): Branch {
  return { members: new Map(), next: undefined };
}

/** `[]` is '' in `path`: no other key is empty. */
function readName(whole: string): { base: string; path: string[] } {
  const name = whole.replace(/^ +/, '').replace(/\0[^]*$/, '');
  const open = name.indexOf('[');
  const base = (open === -1 ? name : name.slice(0, open)).replaceAll(/[ .]/g, '_');
  const path: string[] = [];
  // No name: nothing to put the brackets behind.
  for (let at = open; base !== '' && name[at] === '[';) {
    const inside = at + 1;
    const afterBlank = /\s/.test(name[inside] ?? '') ? inside + 1 : inside;
    const close = name.indexOf(']', afterBlank);
    // The first bracket that nothing closes is part of the name; a later one ends it.
    if (close === -1)
      return { base: at === open ? `${base}_${name.slice(inside).replaceAll(/[ .[]/g, '_')}` : base, path };
    path.push(close === afterBlank ? '' : name.slice(inside, close));
    if (path.length > maxBrackets) throw new Refusal('bad-request', `A field has more than ${maxBrackets} brackets.`);
    at = close + 1;
  }
  return { base, path };
}

/** The name under which something is put into an array; undefined where PHP has no room for it. */
function claim(branch: Branch, key: string): string | undefined {
  if (key !== '') {
    if (/^(?:0|-?[1-9]\d{0,18})$/.test(key)) count(branch, BigInt(key));
    return key;
  }
  const name = branch.next ?? 0n;
  if (branch.members.has(String(name))) return undefined;
  count(branch, name);
  return String(name);
}

function count(branch: Branch, number: bigint): void {
  if (number <= largest && (branch.next === undefined || number >= branch.next))
    branch.next = number < largest ? number + 1n : largest;
}

function enter(branch: Branch, key: string): Branch {
  const name = claim(branch, key);
  const there = name === undefined ? undefined : branch.members.get(name);
  if (typeof there === 'object') return there;
  const fresh = newBranch();
  if (name !== undefined) branch.members.set(name, fresh);
  return fresh;
}

function flatten(fields: Record<string, string>, name: string, { members }: Branch): void {
  for (const [key, member] of members) {
    if (typeof member === 'string') fields[`${name}[${key}]`] = member;
    else flatten(fields, `${name}[${key}]`, member);
  }
}
