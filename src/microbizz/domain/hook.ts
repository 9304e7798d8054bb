/** A place in Microbizz that an app can be hooked into, in Microbizz's own words: `invoice` + `event_invoice_line_change`. */
export interface HookName {
  readonly modcode: string;
  readonly hook: string;
}

/** One entry of `hooks` in the appconnect request (docs/protocol.md §1). `url` is complete. */
export interface HookRequest extends HookName {
  readonly title: string;
  readonly url: string;
}

/** `invoice/event_invoice_line_change`: how a hook is written in URLs, logs and the catalogue. */
export function hookPath({ modcode, hook }: HookName): string {
  return `${modcode}/${hook}`;
}

/** Its inverse. Undefined for text of another form. */
export function parseHookPath(path: string): HookName | undefined {
  const [, modcode, hook] = /^([^/]+)\/([^/]+)$/.exec(path) ?? [];
  return modcode === undefined || hook === undefined ? undefined : { modcode, hook };
}
