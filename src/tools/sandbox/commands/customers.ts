import type { MicrobizzObject } from '../microbizz-object.ts';
import { refuse, setOf, type Commands } from './command.ts';
import { lastChangeInput, listByLastChange } from './list-by-last-change.ts';
import { storeObject } from './store-object.ts';

/** Ventu's page "Customer commands" (docs/protocol.md §4.1). "An unpredictable one" of several is the first here. */
export const customerCommands: Commands = {
  CreateUpdateCustomerByID: {
    input: { customer: 'customer' },
    run: (call) => {
      const given = setOf(call.input['customer']);
      const existing = call.state.customers.find(({ id }) => id === given['id']);
      // The page knows 0 and ids that exist; a third is refused here.
      if (given['id'] && existing === undefined) return refuse('Unknown customer');
      return { customer: storeObject(call, 'customer', given, existing) };
    },
  },
  CreateUpdateCustomerByCustomerNumber: {
    input: { customer: 'customer' },
    run: (call) => {
      const given = setOf(call.input['customer']);
      if (!given['customernumber']) return refuse('customer.customernumber is missing');
      const existing = call.state.customers.find((each) => each['customernumber'] === given['customernumber']);
      return { customer: storeObject(call, 'customer', given, existing) };
    },
  },
  GetCustomerByID: {
    input: { customerid: 'number' },
    run: ({ state, input }) => ({ customers: state.customers.filter(({ id }) => id === input['customerid']) }),
  },
  GetCustomersByParentID: {
    input: { customerid: 'number', ignoreclosed: 'boolean?', includeall: 'boolean?' },
    run: ({ state, input }) => {
      const found = listChildren(state.customers, [Number(input['customerid'])], input['includeall'] === 1);
      return { customers: input['ignoreclosed'] === 1 ? found.filter(isOpen) : found };
    },
  },
  GetCustomerByCustomerNumber: {
    input: { customernumber: 'string' },
    run: ({ state, input }) => ({
      customers: state.customers.filter((each) => each['customernumber'] === input['customernumber']).slice(0, 1),
    }),
  },
  GetCustomerByName: {
    input: { customername: 'string' },
    run: ({ state, input }) => {
      const name = String(input['customername']).toLowerCase();
      return { customers: state.customers.filter((each) => String(each['name']).toLowerCase() === name).slice(0, 1) };
    },
  },
  // `ignoreclosed` leaves out what the user has no access to: here everybody has access to everything.
  GetCustomersByLastChange: {
    input: { ...lastChangeInput, ignoreclosed: 'boolean?', skip_deleted: 'boolean?' },
    run: (call) => {
      const { customers } = call.state;
      const listed = call.input['skip_deleted'] === 1 ? customers.filter(isOpen) : customers;
      return { ...listByLastChange(call, listed, 'customers'), qfoncheckout: 0 };
    },
  },
  GetParentCustomers: {
    input: { customerid: 'number', ignoreclosed: 'boolean?' },
    run: ({ state, input }) => {
      const parents = listParents(state.customers, Number(input['customerid']));
      return { customers: input['ignoreclosed'] === 1 ? parents.filter(isOpen) : parents };
    },
  },
  GetCustomerTypes: { input: {}, run: ({ state }) => ({ types: state.customerTypes }) },
  GetCustomerRoles: { input: {}, run: ({ state }) => ({ customer_roles: state.customerRoles }) },
  GetMaingroups: { input: {}, run: ({ state }) => ({ maingroups: state.maingroups }) },
};

function isOpen(customer: MicrobizzObject): boolean {
  return !customer['isdeleted'];
}

/** `known` also keeps a circle of parents, which nothing forbids, from going round for ever. */
function listChildren(customers: readonly MicrobizzObject[], parents: number[], deep: boolean): MicrobizzObject[] {
  const known = new Set(parents);
  const found: MicrobizzObject[] = [];
  for (let wanted = parents; wanted.length > 0;) {
    const children = customers.filter((each) => wanted.includes(Number(each['parentid'])) && !known.has(each.id));
    found.push(...children);
    wanted = deep ? children.map(({ id }) => id) : [];
    for (const id of wanted) known.add(id);
  }
  return found;
}

function listParents(customers: readonly MicrobizzObject[], customerid: number): MicrobizzObject[] {
  const parents: MicrobizzObject[] = [];
  const find = (id: unknown): MicrobizzObject | undefined => customers.find((each) => each.id === id);
  for (let next = find(find(customerid)?.['parentid']); next !== undefined; next = find(next['parentid'])) {
    if (parents.includes(next) || next.id === customerid) break;
    parents.push(next);
  }
  return parents;
}
