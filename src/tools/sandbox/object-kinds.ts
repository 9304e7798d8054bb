import type { MicrobizzObject } from './microbizz-object.ts';
import type { ObjectType } from './object-types.ts';
import type { SandboxState } from './sandbox-state.ts';

export interface ObjectKind {
  readonly title: string;
  readonly find: (state: SandboxState) => MicrobizzObject[];
  /** The event that a change causes. None is in a readable page for invoices, products and users. */
  readonly event?: { readonly modcode: string; readonly hook: string };
  /** With the event goes the object as it was before (documented for customers only). */
  readonly previous?: boolean;
  /** What a command calls it; product uses have no public command. */
  readonly type?: ObjectType;
}

/** What can be changed in the sandbox, by button or by command, and the event that each change causes. */
export const objectKinds = {
  'invoice-line': {
    title: 'Invoice lines',
    find: (state) => state.invoiceLines,
    event: { modcode: 'invoice', hook: 'event_invoice_line_change' },
    type: 'invoiceline',
  },
  'product-use': {
    title: 'Product use',
    find: (state) => state.productUses,
    event: { modcode: 'todo', hook: 'event_product_use_change' },
  },
  customer: {
    title: 'Customers',
    find: (state) => state.customers,
    event: { modcode: 'customer', hook: 'event_customer_change' },
    previous: true,
    type: 'customer',
  },
  todo: {
    title: 'Todos',
    find: (state) => state.todos,
    event: { modcode: 'todo', hook: 'event_todo_change' },
    type: 'todo',
  },
  invoice: { title: 'Invoices', find: (state) => state.invoices, type: 'invoice' },
  product: { title: 'Products', find: (state) => state.products, type: 'product' },
  user: { title: 'Users', find: (state) => state.users, type: 'user' },
} as const satisfies Readonly<Record<string, ObjectKind>>;

export type KindName = keyof typeof objectKinds;

export function isKindName(name: string): name is KindName {
  return Object.hasOwn(objectKinds, name);
}

export function kindOf(name: KindName): ObjectKind {
  return objectKinds[name];
}

/** The variables of the event about a change. What comes as `previousobject` on a create is undocumented: nothing. */
export function eventVariables(
  kind: ObjectKind,
  object: MicrobizzObject,
  previous: MicrobizzObject | undefined,
): Record<string, unknown> {
  return kind.previous === true && previous !== undefined ? { object, previousobject: previous } : { object };
}
