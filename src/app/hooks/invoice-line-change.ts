import { defineEvent } from '../../server/events/define-event.ts';

/** Called every time an invoice line is changed. Stored, and shown by user-menu and user-tab; nothing more is done. */
export const invoiceLineChange = defineEvent({
  modcode: 'invoice',
  hook: 'event_invoice_line_change',
  title: 'Ændringer i fakturalinjer',
  gaps: { command: 'GetInvoiceLinesByLastChange', items: 'invoicelines' },
});
