import type { EventHook } from '../events/define-event.ts';
import type { PageHook } from '../interfaces/define-page.ts';
import { invoiceLineChange } from './invoice-line-change.ts';
import { invoiceSettings } from './invoice-settings.ts';
import { productUseChange } from './product-use-change.ts';
import { userMenu } from './user-menu.ts';
import { userTab } from './user-tab.ts';

/** All that this app hooks into Microbizz: from here come the request of /connect, the routes and what the handlers are called for. */
export interface App {
  readonly events: readonly EventHook[];
  readonly pages: readonly PageHook[];
}

export const app: App = {
  events: [invoiceLineChange, productUseChange],
  pages: [userMenu, userTab, invoiceSettings],
};
