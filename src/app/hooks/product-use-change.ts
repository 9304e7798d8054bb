import { defineEvent } from '../../server/events/define-event.ts';

/** Called every time a line of product use is changed. Stored, and shown by user-menu and user-tab; nothing more is done. */
export const productUseChange = defineEvent({
  modcode: 'todo',
  hook: 'event_product_use_change',
  title: 'Ændringer i vareforbrug',
});
