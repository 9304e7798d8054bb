import { showHidden } from '../http/show-hidden.ts';
import { isLanguage, type Language } from '../http/language.ts';
import { textsOf, type QueryValues } from './query-values.ts';

export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The functions that every view of a page has beside its data. The three that return HTML escape their arguments, and are put in with
 * `<%~ %>`. Pages and actions are named as in definePage; the first page is `''`. `language` in a query is not part of it: it switches.
 */
export interface Look {
  /** A whole `<a>`. */
  link(text: string, page: string, query?: QueryValues, attributes?: Attributes): string;
  /** The opening `<form>` with its hidden fields: POST to an action, GET to a page (then the typed fields are its query). */
  form(name: string, options?: { query?: QueryValues; attributes?: Attributes }): string;
  /** A whole `<a>` that opens a new tab. Only the text where the URL is not http(s). */
  outside(text: string, url: string, attributes?: Attributes): string;
  /** For `fetch`. Not HTML: to be escaped with `<%= %>`. A POST to an action takes the form's fields and `pass` from `passFor(action)`. */
  url(page: string, query?: QueryValues): string;
  passFor(name: string): string;
  /** The page that is shown, with the query as it came: for links to the same in another language or order. */
  readonly here: { readonly page: string; readonly query: Readonly<Record<string, string>> };
  /** The address at which to reconnect, when Microbizz refuses the app's accesstoken; otherwise undefined. */
  readonly reconnect: string | undefined;
  /** After an action: its message, the faults by field, and the typed text. */
  readonly done: object | undefined;
  readonly faults: Readonly<Record<string, string>>;
  readonly typed: Readonly<Record<string, string>>;
}

/** The address of a page's links, the names that they may use, and the seal of their passes. */
export interface LookOptions {
  /** `/interfaces/<key>/<modcode>/<hook>`, with the path of PUBLIC_URL before it. */
  readonly base: string;
  readonly isAction: (name: string) => boolean;
  readonly isPage: (name: string) => boolean;
  readonly seal: Seal;
}

export type Seal = (kind: 'page' | 'action', name: string, language?: Language) => string;

export type Links = Pick<Look, 'link' | 'form' | 'outside' | 'url' | 'passFor'> & {
  /** Where a form is sent, without its pass. */
  target(name: string, query?: QueryValues): string;
};

export function buildLinks({ base, isAction, isPage, seal }: LookOptions): Links {
  // Fifty rows link to the same page: it is sealed once.
  const passes = new Map<string, string>();

  function pass(name: string, language?: Language): string {
    const kind = isAction(name) ? 'action' : 'page';
    if (kind === 'page' && !isPage(name)) throw new Error(`This hook has no page or action "${name}"`);
    const id = `${language ?? ''} ${name}`;
    const known = passes.get(id);
    if (known !== undefined) return known;
    const sealed = seal(kind, name, language);
    passes.set(id, sealed);
    return sealed;
  }
  const path = (name: string): string => (name === '' ? base : `${base}/${name}`);

  function url(page: string, query: QueryValues = {}): string {
    if (isAction(page)) throw new Error(`"${page}" is an action: it is posted to, with it.form`);
    const { language, rest } = apart(query);
    return `${path(page)}?${new URLSearchParams([...rest, ['pass', pass(page, language)]]).toString()}`;
  }

  function target(name: string, query: QueryValues = {}): string {
    const search = new URLSearchParams(apart(query).rest).toString();
    return search === '' ? path(name) : `${path(name)}?${search}`;
  }

  return {
    url,
    target,
    passFor: (name) => pass(name),
    link: (text, page, query, attributes) =>
      `<a href="${escapeHtml(url(page, query))}"${write(attributes)}>${escapeHtml(showHidden(text))}</a>`,
    form(name, { query = {}, attributes } = {}) {
      const { language, rest } = apart(query);
      const hidden: [string, string][] = [['pass', pass(name, language)]];
      const post = isAction(name);
      const inputs = (post ? hidden : [...hidden, ...rest]).map(
        ([field, value]) => `<input type="hidden" name="${escapeHtml(field)}" value="${escapeHtml(value)}">`,
      );
      const method = post ? 'post' : 'get';
      return `<form method="${method}" action="${escapeHtml(post ? target(name, query) : path(name))}"${write(attributes)}>${inputs.join('')}`;
    },
    outside: (text, address, attributes) =>
      /^https?:\/\//i.test(address) && URL.canParse(address)
        ? `<a href="${escapeHtml(address)}" target="_blank" rel="noopener noreferrer"${write(attributes)}>${escapeHtml(showHidden(text))}</a>`
        : escapeHtml(showHidden(text)),
  };
}

/** The query as it goes into an address, and the language that it switches to. */
function apart({ language, ...query }: QueryValues): { language: Language | undefined; rest: [string, string][] } {
  // A page's own query may hold parameters of the request: the pass of that request is not handed on.
  const rest = Object.entries(textsOf(query)).filter(([name]) => name !== 'pass' && name !== 'sessiontoken');
  return { language: isLanguage(language) ? language : undefined, rest };
}

function write(attributes: Attributes = {}): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => {
      if (!/^(?!on)[a-z][a-z0-9-]*$/i.test(name)) throw new Error(`"${name}" cannot be an attribute`);
      return value === true ? ` ${name}` : ` ${name}="${escapeHtml(String(value))}"`;
    })
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
