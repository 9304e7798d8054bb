import type { App } from '../server/define-app.ts';
import { invoiceLineChange } from './hooks/invoice-line-change.ts';
import { invoiceSettings } from './hooks/invoice-settings.ts';
import { productUseChange } from './hooks/product-use-change.ts';
import { texts } from './texts/texts.ts';
import { userMenu } from './hooks/user-menu.ts';
import { userTab } from './hooks/user-tab.ts';

/** This app's hooks into Microbizz. */
export const app: App = {
  events: [invoiceLineChange, productUseChange],
  pages: [userMenu, userTab, invoiceSettings],
  texts,
};
