import { isSet, type JsonSet } from './json-set.ts';
import type { Faults } from './faults.ts';
import { bendAsPhp } from './bend-as-php.ts';
import { readBasic } from './read-basic.ts';
import { objectTypes, type FieldType, type Fields, type ObjectType } from './object-types.ts';

/** A command's input: the types of its fields by name, those that may be left out with a "?" behind. */
export type InputTypes = Readonly<Record<string, FieldType | `${FieldType}?`>>;

export type ReadInput =
  { readonly ok: true; readonly values: JsonSet } | { readonly ok: false; readonly fault: string };

/**
 * Reads a command's fields by their types, strictly: what PHP would quietly bend is refused here, so that an app learns of it, unless the
 * switch says `as PHP`. Which fields Microbizz requires is lost in the readable pages (bold print); here a command without its object or id is refused.
 */
export function readInput(types: InputTypes, given: JsonSet, how: Faults['types']): ReadInput {
  const values: Record<string, unknown> = {};
  for (const [name, word] of Object.entries(types)) {
    const type = word.replace('?', '') as FieldType;
    if (!Object.hasOwn(given, name)) {
      if (word.endsWith('?')) continue;
      return { ok: false, fault: `${name} is missing` };
    }
    const read = readValue(how, type, given[name], name);
    if ('fault' in read) return { ok: false, fault: read.fault };
    values[name] = read.value;
  }
  return { ok: true, values };
}

type ReadValue = { readonly value: unknown } | { readonly fault: string };

function readValue(how: Faults['types'], type: FieldType, given: unknown, name: string): ReadValue {
  const value = how === 'strict' ? given : bendAsPhp(type, given);
  if (isObjectType(type)) return readObject(how, objectTypes[type], value, name);
  if (type.startsWith('collection')) return readCollection(how, type, value, name);
  const read = readBasic(type, value);
  return 'fault' in read ? { fault: `${name} ${read.fault}` } : read;
}

function readCollection(how: Faults['types'], type: string, value: unknown, name: string): ReadValue {
  if (!Array.isArray(value)) return { fault: `${name} must be a collection` };
  const inner = /\[(.*)\]/.exec(type)?.[1];
  if (inner === undefined) return { value };
  const read: unknown[] = [];
  for (const [at, each] of (value as unknown[]).entries()) {
    const one = readValue(how, inner as FieldType, each, `${name}[${at}]`);
    if ('fault' in one) return one;
    read.push(one.value);
  }
  return { value: read };
}

function isObjectType(type: FieldType): type is ObjectType {
  return Object.hasOwn(objectTypes, type);
}

function readObject(how: Faults['types'], fields: Fields, value: unknown, name: string): ReadValue {
  if (!isSet(value)) return { fault: `${name} must be a set` };
  const read: Record<string, unknown> = {};
  for (const [field, each] of Object.entries(value)) {
    const type = Object.hasOwn(fields, field) ? fields[field] : undefined;
    const one = type === undefined ? { value: each } : readValue(how, type, each, `${name}.${field}`);
    if ('fault' in one) return one;
    read[field] = one.value;
  }
  return { value: read };
}
