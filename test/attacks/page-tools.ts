import { ask, postForm, type Answer } from './ask.ts';
import { freshAddress } from './stage.ts';

export interface Form {
  readonly action: string;
  readonly pass: string;
}

/** The forms of a page by their action's name, and the links in it, with their passes. */
export function readPage({ text }: Answer, origin: string): { forms: Map<string, Form>; links: string[] } {
  const plain = (value: string): string => new URL(value.replaceAll('&amp;', '&'), origin).href;
  const forms = new Map(
    [
      ...text.matchAll(/<form method="post" action="([^"]+)"[^>]*><input type="hidden" name="pass" value="([^"]+)"/g),
    ].map(([, action = '', pass = '']) => [
      /\/([^/?]+)(?:\?|$)/.exec(action)?.[1] ?? '',
      { action: plain(action), pass },
    ]),
  );
  return { forms, links: [...text.matchAll(/href="([^"#][^"]*)"/g)].map(([, href = '']) => plain(href)) };
}

export function submit(
  { action, pass }: Form,
  fields: Readonly<Record<string, string>>,
  timeout = 40_000,
): Promise<Answer> {
  return postForm(action, { ...fields, pass }, { from: freshAddress(), timeout });
}

export function open(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(url, { from: freshAddress(), headers: { 'accept-language': 'en', ...headers } });
}
