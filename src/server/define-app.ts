import type { EventHook } from './events/define-event.ts';
import type { Language } from './http/language.ts';
import type { PageHook } from './interfaces/define-page.ts';

/** All that an app hooks into Microbizz: from here come the request of /connect, the routes and what the handlers are called for. */
export interface App {
  readonly events: readonly EventHook[];
  readonly pages: readonly PageHook[];
  /** What its own pages say: a view has the catalogue of its reader's language as `it.t`, beside the server's own. */
  readonly texts?: Readonly<Record<Language, object>>;
}
