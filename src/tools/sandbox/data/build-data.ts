import { buildCustomerLists, buildCustomers, buildPersons } from './customers.ts';
import { buildInvoiceLines, buildProductUses } from './invoice-lines.ts';
import { buildInvoices } from './invoices.ts';
import type { MicrobizzObject } from '../microbizz-object.ts';
import { buildTeams, buildUsers, type Team, type User } from './users.ts';
import { buildAgreements, buildProducts, buildTodoLists, buildTodos } from './work.ts';

type Kinds =
  | 'customers'
  | 'persons'
  | 'customerTypes'
  | 'customerRoles'
  | 'maingroups'
  | 'invoiceLines'
  | 'invoices'
  | 'productUses'
  | 'products'
  | 'todos'
  | 'todoStates'
  | 'todoTemplates'
  | 'tools'
  | 'subscriptions'
  | 'depotOrderLines'
  | 'procedures'
  | 'documents'
  | 'folders'
  | 'messages';

/** All that this Microbizz knows. Changed in place, and gone with the process. */
export interface MicrobizzData extends Readonly<Record<Kinds, MicrobizzObject[]>> {
  readonly users: User[];
  readonly teams: readonly Team[];
  /** The bytes of documents, by their id, in base64. */
  readonly contents: Map<number, string>;
  /** `${productid}/${customerid}` → the customer's own price. */
  readonly individualPrices: Map<string, number>;
}

/** Fresh objects each time, because the sandbox changes them. */
export function buildData(): MicrobizzData {
  const users = buildUsers();
  return {
    users,
    teams: buildTeams(),
    customers: buildCustomers(),
    persons: buildPersons(),
    ...buildCustomerLists(),
    invoiceLines: buildInvoiceLines(users),
    invoices: buildInvoices(),
    productUses: buildProductUses(users),
    products: buildProducts(),
    todos: buildTodos(),
    ...buildTodoLists(),
    ...buildAgreements(),
    documents: [],
    folders: [],
    messages: [],
    contents: new Map(),
    individualPrices: new Map(),
  };
}
