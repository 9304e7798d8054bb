import { hookPath, type HookName } from './hook.ts';

/**
 * Event hooks that Microbizz documents, with their variables (Ventu's wiki page 20250671, seed 003; `todo/event_todo_change` is known
 * from a third party's module only). `json`: documented as JSON text. `any`: the encoding is not stated, so whatever comes is taken.
 * An app may hook into what is not listed here: then every field is kept and none is expected.
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

/** The variable that holds what the event is about. */
export function mainVariable(hook: HookName): string {
  return Object.keys(events[hookPath(hook)] ?? {})[0] ?? 'object';
}
