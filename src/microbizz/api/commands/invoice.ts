import { command } from './define-command.ts';
import { collection } from './types/sets.ts';
import { invoice } from './types/invoice.ts';
import { invoiceline } from './types/undocumented.ts';
import { date, number, string, time } from './types/basic.ts';

export const invoiceCommands = {
  AddInvoiceLine: command({
    description: 'Adds an invoice line; the id inside is ignored.',
    source: 'wiki 20250686 Invoice commands',
    input: {
      invoiceline: invoiceline.describe('The line'),
    },
    output: {},
  }),
  CreateUpdateInvoice: command({
    description: 'Creates (id 0) or overwrites an invoice.',
    source: 'wiki 20250686 Invoice commands',
    note: 'absent from an older version of the page',
    input: {
      invoice: invoice.describe('The invoice'),
    },
    output: {
      invoice: invoice.optional().describe('As stored'),
    },
  }),
  CreateUpdateInvoiceLineByID: command({
    description: 'Creates (id 0) or overwrites an invoice line.',
    source: 'wiki 20250686 Invoice commands',
    input: {
      invoiceline: invoiceline.describe('The line'),
    },
    output: {
      invoiceline: invoiceline.optional().describe('As stored'),
    },
  }),
  DeleteInvoiceLineByID: command({
    description: 'Deletes an invoice line.',
    source: 'wiki 20250686 Invoice commands',
    input: {
      invoicelineid: number.describe('Line ID'),
    },
    output: {},
  }),
  GetPendingInvoiceLines: command({
    description: 'All pending invoice lines.',
    source: 'wiki 20250686 Invoice commands',
    reads: true,
    input: {},
    output: {
      invoicelines: collection(invoiceline).describe('Pending lines'),
    },
  }),
  GetInvoiceLinesByLastChange: command({
    description: 'Invoice lines changed since.',
    source: 'wiki 20250686 Invoice commands',
    note: 'resumekey listed as input only',
    reads: true,
    paged: { items: 'invoicelines' },
    input: {
      changedate: date.optional().describe('Changed on or after this date'),
      changetime: time.optional().describe('If given: changed after this date and time'),
      resumekey: string.optional().describe('Key of a partial result, to fetch the rest'),
    },
    output: {
      invoicelines: collection(invoiceline).describe('Lines'),
    },
  }),
  GetInvoiceLinesByInvoiceID: command({
    description: 'Lines of one invoice.',
    source: 'wiki 20250686 Invoice commands',
    reads: true,
    input: {
      invoiceid: number.describe('Invoice ID'),
    },
    output: {
      invoicelines: collection(invoiceline).describe('Lines'),
    },
  }),
  MarkInvoiceLinesAsProcessed: command({
    description: 'Marks lines as processed, optionally with an order number.',
    source: 'wiki 20250686 Invoice commands',
    input: {
      invoicelineids: collection(number).describe('Line IDs'),
      ordernumber: string.optional().describe('Optional order number'),
    },
    output: {},
  }),
};
