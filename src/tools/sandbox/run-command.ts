import { bendAsPhp } from './bend-as-php.ts';
import { agreementCommands } from './commands/agreements.ts';
import type { Command } from './commands/command.ts';
import { customerCommands } from './commands/customers.ts';
import { fileCommands } from './commands/files.ts';
import { invoiceCommands } from './commands/invoices.ts';
import { peopleCommands } from './commands/people.ts';
import { productCommands } from './commands/products.ts';
import { sessionCommands } from './commands/sessions.ts';
import { todoCommands } from './commands/todos.ts';
import { userCommands } from './commands/users.ts';
import { isSet, type JsonSet } from './json-set.ts';
import { readInput } from './read-input.ts';
import type { SandboxState } from './sandbox-state.ts';

/** By name. GetWorkareaBasePrices, GetUserByID, GetProductsByLastChange and GetTodosByLastChange are missing: their rows are unreadable. */
export const commands: ReadonlyMap<unknown, Command> = new Map(
  Object.entries({
    ...sessionCommands,
    ...customerCommands,
    ...agreementCommands,
    ...fileCommands,
    ...invoiceCommands,
    ...userCommands,
    ...productCommands,
    ...todoCommands,
    ...peopleCommands,
  }),
);

/** Runs one command: status 1 with its output, or status 0 with msg. `quiet` is the envelope's disable_callbacks. */
export function runCommand(state: SandboxState, given: unknown, quiet: boolean): JsonSet {
  if (!isSet(given)) return { status: 0, msg: 'A command must be a set' };
  const command = commands.get(given['command']);
  if (command === undefined) return { status: 0, msg: 'Unknown command' };
  const { types } = state.faults;
  const uniqueid =
    types === 'as PHP' && 'uniqueid' in given ? bendAsPhp('string', given['uniqueid']) : given['uniqueid'];
  if (uniqueid !== undefined && typeof uniqueid !== 'string') return { status: 0, msg: 'uniqueid must be a string' };
  // "To detect if an app resends": what Microbizz then does is undocumented. Here it is done once, and answered alike.
  const known = uniqueid === undefined ? undefined : state.answered.get(uniqueid);
  if (known !== undefined) return known;
  const read = readInput(command.input, given, types);
  if (!read.ok) return { status: 0, msg: read.fault };
  const result = { status: 1, ...command.run({ state, input: read.values, quiet }) };
  if (uniqueid !== undefined && result.status === 1) rememberAnswer(state, uniqueid, result);
  return result;
}

function rememberAnswer(state: SandboxState, uniqueid: string, result: JsonSet): void {
  state.answered.set(uniqueid, structuredClone(result));
  const [oldest] = state.answered.keys();
  if (state.answered.size > 10_000 && oldest !== undefined) state.answered.delete(oldest);
}
