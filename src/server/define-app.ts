import type { EventHook } from './events/define-event.ts';
import type { Language } from './http/language.ts';
import type { PageHook } from './interfaces/define-page.ts';

/** All hooks of an app: the request of /connect, the routes and the calls of handlers are made from this. */
export interface App {
  readonly events: readonly EventHook[];
  readonly pages: readonly PageHook[];
  /** The texts of its own pages: a view has the catalogue of its reader's language as `it.t`, beside the server's own. */
  readonly texts?: Readonly<Record<Language, object>>;
}
