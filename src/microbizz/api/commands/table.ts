import type { z } from 'zod';
import { customerCommands } from './customer.ts';
import { generalCommands } from './general.ts';
import { invoiceCommands } from './invoice.ts';
import { productCommands } from './product.ts';
import { subscriptionCommands } from './subscription.ts';
import { todoCommands } from './todo.ts';
import { userCommands } from './user.ts';

/** The commands whose input the documentation shows, by Microbizz's own name. Others can be run too, unchecked. */
export const commands = {
  ...generalCommands,
  ...customerCommands,
  ...subscriptionCommands,
  ...invoiceCommands,
  ...productCommands,
  ...todoCommands,
  ...userCommands,
};

type Table = typeof commands;
export type CommandName = keyof Table;

/** Beside the documented fields any other may be given: it is passed on. */
export type CommandInput<C extends CommandName> = z.output<Table[C]['input']>;
/** The documented fields, and any others that came. A value that is not of its type is kept as it came, so check the values that matter. */
export type CommandOutput<C extends CommandName> = z.output<Table[C]['output']>;

/** The commands that can be run without any input. */
export type WithoutInput = {
  [C in CommandName]: Readonly<Record<string, unknown>> extends CommandInput<C> ? C : never;
}[CommandName];

/** The commands that answer in parts. */
export type PagedName = {
  [C in CommandName]: Table[C] extends { paged?: { items: infer Items } }
    ? [Items] extends [never]
      ? never
      : C
    : never;
}[CommandName];
type ItemsOf<C extends PagedName> = Table[C] extends { paged?: { items: infer Items } } ? Items : never;
export type PagedItem<C extends PagedName> = CommandOutput<C>[ItemsOf<C> &
  keyof CommandOutput<C>] extends (infer Item)[]
  ? Item
  : never;

/** An entry of the table, whichever. */
export interface Command {
  readonly description: string;
  readonly source: string;
  readonly note?: string;
  readonly reads?: true;
  readonly paged?: { readonly items: string };
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
}

/** undefined for a command that is not in the table. */
export function findCommand(name: string): Command | undefined {
  return Object.hasOwn(commands, name) ? commands[name as CommandName] : undefined;
}
