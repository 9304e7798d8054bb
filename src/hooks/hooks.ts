import type { App } from '../define-app.ts';
import { invoiceLineChange } from './invoice-line-change.ts';
import { invoiceSettings } from './invoice-settings.ts';
import { productUseChange } from './product-use-change.ts';
import { texts } from './texts/texts.ts';
import { userMenu } from './user-menu.ts';
import { userTab } from './user-tab.ts';

/** What this app hooks into Microbizz. */
export const app: App = {
  events: [invoiceLineChange, productUseChange],
  pages: [userMenu, userTab, invoiceSettings],
  texts,
};
