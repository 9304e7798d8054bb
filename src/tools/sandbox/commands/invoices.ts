import { kindOf } from '../object-kinds.ts';
import { numbersOf, refuse, setOf, type Commands } from './command.ts';
import { lastChangeInput, listByLastChange } from './list-by-last-change.ts';
import { storeObject } from './store-object.ts';

/** Ventu's page "Invoice commands". What an overwrite of an unknown id does is undocumented: it fails. */
export const invoiceCommands: Commands = {
  AddInvoiceLine: {
    input: { invoiceline: 'invoiceline' },
    run: (call) => {
      storeObject(call, 'invoice-line', setOf(call.input['invoiceline']), undefined);
      return {};
    },
  },
  CreateUpdateInvoice: {
    input: { invoice: 'invoice' },
    run: (call) => {
      const given = setOf(call.input['invoice']);
      const existing = call.state.invoices.find(({ id }) => id === given['id']);
      if (given['id'] && existing === undefined) return refuse('Unknown invoice');
      return { invoice: storeObject(call, 'invoice', given, existing) };
    },
  },
  CreateUpdateInvoiceLineByID: {
    input: { invoiceline: 'invoiceline' },
    run: (call) => {
      const given = setOf(call.input['invoiceline']);
      const existing = call.state.invoiceLines.find(({ id }) => id === given['id']);
      if (given['id'] && existing === undefined) return refuse('Unknown invoice line');
      return { invoiceline: storeObject(call, 'invoice-line', given, existing) };
    },
  },
  // The line stays, with `isdeleted`, and is listed as changed: how an app learns of a deletion is undocumented.
  DeleteInvoiceLineByID: {
    input: { invoicelineid: 'number' },
    run: (call) => {
      const line = call.state.invoiceLines.find(({ id }) => id === call.input['invoicelineid']);
      if (line === undefined) return refuse('Unknown invoice line');
      storeObject(call, 'invoice-line', { ...line, isdeleted: 1 }, line);
      return {};
    },
  },
  GetPendingInvoiceLines: {
    input: {},
    run: ({ state }) => ({
      invoicelines: state.invoiceLines.filter((line) => !line['isprocessed'] && !line['isdeleted']),
    }),
  },
  GetInvoiceLinesByLastChange: {
    input: lastChangeInput,
    run: (call) => listByLastChange(call, call.state.invoiceLines, 'invoicelines'),
  },
  GetInvoiceLinesByInvoiceID: {
    input: { invoiceid: 'number' },
    run: ({ state, input }) => ({
      invoicelines: state.invoiceLines.filter((line) => line['invoiceid'] === input['invoiceid'] && !line['isdeleted']),
    }),
  },
  MarkInvoiceLinesAsProcessed: {
    input: { invoicelineids: 'collection[number]', ordernumber: 'string?' },
    run: (call) => {
      const ids = numbersOf(call.input['invoicelineids']);
      const lines = kindOf('invoice-line').find(call.state);
      const found = lines.filter(({ id }) => ids.includes(id));
      if (found.length < new Set(ids).size) return refuse('Unknown invoice line');
      const { ordernumber } = call.input;
      for (const line of found)
        storeObject(
          call,
          'invoice-line',
          { ...line, isprocessed: 1, ...(ordernumber === undefined ? {} : { ordernumber }) },
          line,
        );
      return {};
    },
  },
};
