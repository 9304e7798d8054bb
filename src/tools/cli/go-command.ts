import { Argument, InvalidArgumentError, type Command } from 'commander';
import type { Config } from '../../server/config.ts';
import { Refusal } from '../../server/errors.ts';
import { openGo } from '../../microbizz/go/open-go.ts';
import type { GoParameters } from '../../microbizz/go/build-url.ts';
import { printJson } from './print.ts';
import { readFields, readPairs, type Fields } from './read-fields.ts';

const methods = ['GET', 'POST', 'DELETE'] as const;
type Method = (typeof methods)[number];

export function addGoCommand(program: Command, config: () => Config): void {
  program
    .command('go')
    .description('one request to the Microbizz GO API (GO_URL, GO_ACCESS_TOKEN); the answer is JSON')
    .addArgument(new Argument('<method>', methods.join(', ')).argParser(readMethod))
    .argument('<object>', 'such as task')
    .argument('[id and fields...]', 'an ID; name=value, name:=json; for POST also a JSON object on standard input')
    .option('--json', 'for machines (the same)')
    .action(async (method: Method, object: string, words: string[]) => {
      const { GO_URL: url, GO_ACCESS_TOKEN: token } = config();
      const [first, ...rest] = words;
      const [id, pairs] = first === undefined || first.includes('=') ? [undefined, words] : [first, rest];
      const fields =
        method === 'POST' ? { body: await readFields(pairs) } : { parameters: toParameters(readPairs(pairs)) };
      const { document } = await openGo({ url, token }).request(method, object, { id, ...fields });
      printJson(document ?? null);
    });
}

function readMethod(text: string): Method {
  const method = methods.find((known) => known === text.toUpperCase());
  if (method === undefined) throw new InvalidArgumentError(`It is one of ${methods.join(', ')}.`);
  return method;
}

function toParameters(fields: Fields): GoParameters {
  const deep = Object.keys(fields).find((name) => typeof fields[name] === 'object');
  if (deep !== undefined) throw new Refusal('bad-request', `${deep}: expected text, a number, true or false.`);
  return fields as GoParameters;
}
