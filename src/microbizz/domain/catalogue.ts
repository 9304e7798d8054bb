import { hookPath, type HookName } from './hook.ts';

/**
 * Event hooks that Microbizz documents, with their variables (docs/protocol.md §3; `todo/event_todo_change` is known
 * from a third party's module only). `json`: documented as JSON text. `any`: the encoding is not stated, so any is accepted.
 * An app may hook into unlisted events: then every field is kept and none is expected.
 */
const events: Readonly<Record<string, Readonly<Record<string, 'json' | 'any'>>>> = {
  'customer/event_customer_change': { object: 'json', previousobject: 'any' },
  'customer/event_person_attach': { object: 'json' },
  'invoice/event_edi_change': { object: 'json' },
  'invoice/event_invoice_line_change': { object: 'json' },
  'invoice/event_edi_line_to_productuse': { ediline: 'any', todoitem: 'any', todo: 'any' },
  'invoice/event_edi_line_approve': {},
  'general/event_file_change': { document: 'any' },
  'general/event_file_create': { document: 'any' },
  'general/event_note_change': { message: 'any', thread: 'any' },
  'general/event_note_create': { message: 'any', thread: 'any' },
  'todo/event_product_use_change': { object: 'json' },
  'todo/event_todo_change': { object: 'json' },
};

/** Variables that must be there and hold JSON: those documented so. */
export function jsonVariables(hook: HookName): readonly string[] {
  const variables = events[hookPath(hook)] ?? {};
  return Object.keys(variables).filter((name) => variables[name] === 'json');
}

/** The variable that holds the event's object. */
export function mainVariable(hook: HookName): string {
  return Object.keys(events[hookPath(hook)] ?? {})[0] ?? 'object';
}

/**
 * Interface and settings hooks that Microbizz documents, with the variables that their address gets (the same page). It prints those of
 * `sales/contract_tab` on the row of `sales/menu`, evidently one row too low: either may have them. `settings` is any module's.
 */
export const interfaces = {
  'calendar/menu': [],
  'customer/menu': [],
  'customer/tab': ['id', 'customernumber'],
  'invoice/menu': [],
  'invoice/tab': ['id', 'invoicenumber'],
  'person/menu': [],
  'person/tab': ['id', 'idnumber'],
  'prodplan/menu': [],
  'registration/menu': [],
  'report/menu': [],
  'sales/contract_tab': ['id', 'number'],
  'sales/menu': ['id', 'number'],
  'startpage/infobox': [],
  'startpage/menu': [],
  'support/menu': [],
  'support/tab': ['id', 'number'],
  'todo/menu': [],
  'todo/tab': ['id', 'number'],
  'tool/menu': [],
  'user/menu': [],
  'user/tab': ['id', 'usercode'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The variables of a page: the documented ones are always there, and any others that Microbizz sends are text too. */
export type Variables<Modcode extends string, Hook extends string> = Readonly<Record<string, string>> &
  (`${Modcode}/${Hook}` extends keyof typeof interfaces
    ? Readonly<Record<(typeof interfaces)[`${Modcode}/${Hook}`][number], string>>
    : unknown);

/** The variables that a page of this hook is documented to get. */
export function interfaceVariables(hook: HookName): readonly string[] {
  const path = hookPath(hook);
  return Object.hasOwn(interfaces, path) ? interfaces[path as keyof typeof interfaces] : [];
}
