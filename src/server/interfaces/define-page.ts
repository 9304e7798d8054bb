import type { z } from 'zod';
import type { Api } from '../../microbizz/api/api.ts';
import type { Variables } from '../../microbizz/domain/catalogue.ts';
import type { HookName } from '../../microbizz/domain/hook.ts';
import type { GapRun } from '../store/ports/gaps.ts';
import type { Language } from '../http/language.ts';
import type { QueryValues } from './query-values.ts';
import type { TenantForwards } from './tenant-forwards.ts';
import type { TenantHistory } from './tenant-history.ts';

export type { Change, ChangedField, ChangeFilter, ChangeList, ChangePage, Named } from '../store/ports/history.ts';
export type { ComparedChange } from './tenant-history.ts';
export type { Language } from '../http/language.ts';
export type { PauseReason } from '../store/ports/forwards.ts';
export type { TenantForward, TenantForwards } from './tenant-forwards.ts';

/** The data of a page: everything in it was checked before, and everything belongs to the tenant of the page. */
export interface PageContext<Query = unknown, Given = Readonly<Record<string, string>>> {
  readonly tenant: {
    readonly id: number;
    readonly contract: string;
    readonly host: string;
    /** Origin of its Microbizz. */
    readonly solution: string;
    /** Since when Microbizz refuses the accesstoken, in milliseconds since 1970; undefined while it accepts it. */
    readonly refusedAt: number | undefined;
  };
  /** The Microbizz user who views the page, as ValidateSessionToken names it. */
  readonly userid: string;
  /** The hook's variables (`id`, `usercode`, …) as Microbizz sent them: text from outside, empty where it sent none. */
  readonly variables: Given;
  /** The URL's query as the `query` schema reads it. */
  readonly query: Query;
  readonly language: Language;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Runs commands in the tenant's Microbizz; ends with the request. */
  readonly api: Api;
  readonly history: TenantHistory;
  readonly forwards: TenantForwards;
  /** For logging a user's changes: tenant, user and hook are in each line. */
  readonly log: { info(fields: object, message: string): void };
  readonly gaps: {
    run(): Promise<GapRun[]>;
    runs(): Promise<GapRun[]>;
    /** `modcode/hook` of the events whose changes no command lists: missed ones stay missed. */
    readonly unlisted: readonly string[];
  };
  readonly settings: {
    /** Days after which handled events go; undefined: as long as the server keeps them. */
    findRetention(): Promise<number | undefined>;
    setRetention(days: number | undefined): Promise<void>;
    /** RETENTION_DAYS: a tenant may choose less. */
    readonly mostDays: number;
    /** When the tenant was connected first, in milliseconds since 1970. */
    findConnectedAt(): Promise<number | undefined>;
  };
  /** Reconnects the tenant, once, within 7 days. For `it.outside`: Microbizz's consent page does not belong in the frame. */
  readonly reconnectUrl: string;
}

/** How an action ended. Pages are named as in `pages`; the first one is `''`. */
export type Done =
  /** 303: reloading does not do it again. */
  | { readonly go: string; readonly query?: QueryValues }
  /** Shown at once and never again (a new secret): the view has it as `it.done`. */
  | { readonly show: string; readonly query?: QueryValues; readonly done: object }
  /** 422: the page again, with a sentence for each field as `it.faults` and the typed text as `it.typed`. */
  | { readonly faults: Readonly<Record<string, string>> };

export interface Download {
  readonly filename: string;
  /** Content-Type. */
  readonly type: string;
  /** Ended early when the client goes. */
  readonly body: AsyncIterable<string>;
}

type Nothing = Readonly<Record<string, never>>;

/** The type that a schema gives; nothing where there is none. */
type Read<Schema> = Schema extends z.ZodType ? z.output<Schema> : Nothing;

interface Shown<Schema, Given> {
  /** Reads the URL's query: strings come in. Input that it refuses gives a 400; `.catch` keeps a page standing. */
  readonly query?: Schema;
  /** Called only for a session that Microbizz calls valid. The view gets the answer. */
  load(context: PageContext<Read<Schema>, Given>): Promise<object>;
  /** A template below `views/`, without its ending; `<%= %>` escapes. Beside the answer it has `Look` (build-look.ts). */
  readonly view: string;
  /**
   * Set this only if the answer of `load` depends on nothing but `query`, `variables`, `language`, the day and our database (`history`, …): not
   * on `userid`, not on `api`. Then the rendered page is cached until the database changes.
   */
  readonly remember?: boolean;
  readonly download?: never;
}

interface Downloaded<Schema, Given> {
  readonly query?: Schema;
  download(context: PageContext<Read<Schema>, Given>): Promise<Download>;
  readonly load?: never;
  readonly view?: never;
}

/** `query` is not optional here (`z.object({})` for none): where one page leaves it out, the compiler infers none of the others. */
interface Further<Schema, Given> {
  readonly query: Schema;
  readonly load?: (context: PageContext<Read<Schema>, Given>) => Promise<object>;
  readonly view?: string;
  readonly download?: (context: PageContext<Read<Schema>, Given>) => Promise<Download>;
}

interface Action<Schema, Given> {
  /** Reads the form: strings come in. A value that it refuses is reported beside the field. */
  readonly form: Schema;
  /** The page that is shown again with the faults; the first one when left out. Its query is the action's. */
  readonly page?: string;
  act(context: PageContext<Readonly<Record<string, string>>, Given> & { readonly form: Read<Schema> }): Promise<Done>;
}

/** A page of this app in Microbizz's iframe, of any types. */
export interface PageHook extends HookName, Shown<z.ZodType | undefined, Readonly<Record<string, string>>> {
  /** The text on Microbizz's menu item or tab. */
  readonly title: string;
  readonly pages?: Readonly<Record<string, SubPage>>;
  readonly actions?: Readonly<Record<string, PageAction>>;
}
export type ShownPage = Shown<z.ZodType | undefined, Readonly<Record<string, string>>>;
export type DownloadPage = Downloaded<z.ZodType | undefined, Readonly<Record<string, string>>>;
export type SubPage = ShownPage | DownloadPage;
export type PageAction = Action<z.ZodType, Readonly<Record<string, string>>>;

/**
 * A hook's page, with its further pages (`…/name`), downloads and actions. `pages` and `actions` are called by `it.link`, `it.form` and
 * `it.url` by their names: letters, digits and `-`, no name twice.
 */
export function definePage<
  const Modcode extends string,
  const Hook extends string,
  First extends z.ZodType | undefined = undefined,
  Pages extends Readonly<Record<string, z.ZodType>> = Nothing,
  Forms extends Readonly<Record<string, z.ZodType>> = Nothing,
>(
  page: {
    readonly modcode: Modcode;
    readonly hook: Hook;
    readonly title: string;
    readonly pages?: {
      readonly [Name in keyof Pages]: Further<Pages[Name], Variables<Modcode, Hook>>;
    };
    readonly actions?: { readonly [Name in keyof Forms]: Action<Forms[Name], Variables<Modcode, Hook>> };
  } & Shown<First, Variables<Modcode, Hook>>,
): PageHook {
  const { modcode, hook, pages = {}, actions = {} } = page;
  const names = [...Object.keys(pages), ...Object.keys(actions)];
  const odd = names.find((name, at) => !/^[a-z\d-]+$/i.test(name) || names.indexOf(name) !== at);
  if (odd !== undefined)
    throw new Error(`${modcode}/${hook}: "${odd}" must be letters, digits and -, and name one page or action`);
  for (const [name, further] of Object.entries<Further<z.ZodType, never>>(pages))
    if ((further.load !== undefined && further.view !== undefined) === (further.download !== undefined))
      throw new Error(`${modcode}/${hook}: the page "${name}" needs load and view, or download`);
  return page as unknown as PageHook;
}
