import type { HookName } from '../domain/hook.ts';
import type { Language } from '../http/language.ts';
import type { Named, ObjectHistory } from '../store/history.ts';

export type { Language } from '../http/language.ts';
export type { Named, ObjectHistory } from '../store/history.ts';

/** What a page may know: everything in it was checked before. */
export interface PageContext {
  readonly tenant: { readonly id: number; readonly contract: string; readonly host: string };
  /** The Microbizz user who looks, as ValidateSessionToken names it. */
  readonly userid: string;
  /** The hook's GET variables (`id`, `usercode`, …) as Microbizz sent them: text from outside. The sessiontoken is not among them. */
  readonly variables: Readonly<Record<string, string>>;
  readonly language: Language;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What this tenant's events tell. */
  readonly history: {
    latestObjects(limit: number, named?: Named): Promise<ObjectHistory[]>;
    changesPerDay(since: string, named?: Named): Promise<{ day: string; changes: number }[]>;
  };
}

/** A page of this app in Microbizz' iframe. */
export interface PageHook extends HookName {
  /** What Microbizz writes on the menu item or the tab. */
  readonly title: string;
  /** A template below `views/`, without its ending. It gets what `data` answers; `<%= %>` escapes. */
  readonly view: string;
  /** Called only for a session that Microbizz has just called valid. */
  readonly data: (context: PageContext) => Promise<object>;
}

export function definePage(page: PageHook): PageHook {
  return page;
}
