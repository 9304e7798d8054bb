import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { InvalidArgumentError } from 'commander';
import { readJson as readExact } from '../../microbizz/domain/read-json.ts';
import { Refusal } from '../../server/errors.ts';
import { messageOf } from '../../microbizz/domain/message-of.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `name=value` is text, `name:=json` anything else. */
export function readPairs(pairs: readonly string[]): Fields {
  const fields = pairs.map((pair): [string, unknown] => {
    const [, name = '', sign, value = ''] = /^([^=:]+)(:?=)(.*)$/s.exec(pair) ?? [];
    if (name === '') throw new Refusal('bad-request', `${pair}: expected name=value, or name:=json.`);
    return [name, sign === '=' ? value : readJson(value, name)];
  });
  const names = fields.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new Refusal('bad-request', `${twice}: it is given twice.`);
  return Object.fromEntries(fields);
}

/** The fields from the command line; where there are none, a JSON object on standard input, unless that is a terminal. */
export async function readFields(pairs: readonly string[], files: Fields = {}): Promise<Fields> {
  const given = { ...readPairs(pairs), ...files };
  if (Object.keys(given).length > 0 || process.stdin.isTTY) return given;
  const json = await text(process.stdin);
  if (json.trim() === '') return {};
  const fields = readJson(json, 'standard input');
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new Refusal('bad-request', 'standard input: expected a JSON object.');
  return fields as Fields;
}

/** For commander: an option `name=path` that may be repeated. The bytes of the files, by name. */
export function collectFiles(pair: string, files: Fields = {}): Fields {
  const [, name, path] = /^([^=]+)=(.+)$/s.exec(pair) ?? [];
  if (name === undefined || path === undefined) throw new InvalidArgumentError('It is written name=path.');
  try {
    return { ...files, [name]: new Uint8Array(readFileSync(path)) };
  } catch (error) {
    throw new InvalidArgumentError(`${messageOf(error)}.`);
  }
}

function readJson(json: string, name: string): unknown {
  try {
    return readExact(json);
  } catch {
    throw new Refusal('bad-request', `${name}: expected JSON.`);
  }
}
