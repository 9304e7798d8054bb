import { GoError } from './go-error.ts';
import type { Id } from './objects.ts';

export type GoParameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** BASE/NAME, BASE/NAME/ID, with parameters in the query. The access token never goes there: addresses are logged. */
export function buildUrl(base: string, name: string, id: Id | undefined, parameters: GoParameters = {}): URL {
  if (!/^[A-Za-z0-9_-]+$/.test(name)) throw new GoError('input', `${name}: not a name of an object.`);
  const path = id === undefined ? name : `${name}/${encodeId(id)}`;
  const url = new URL(`${base.replace(/\/+$/, '')}/${path}`);
  for (const [parameter, value] of Object.entries(parameters)) {
    if (parameter === 'access_token')
      throw new GoError('input', 'access_token: is sent as a cookie, never in the address.');
    if (value !== undefined)
      url.searchParams.set(parameter, typeof value === 'boolean' ? String(Number(value)) : String(value));
  }
  return url;
}

function encodeId(id: Id): string {
  const text = String(id);
  // "." and ".." would name another object.
  if (text === '' || /^\.{1,2}$/.test(text) || (typeof id === 'number' && !Number.isSafeInteger(id)))
    throw new GoError('input', `id: expected the ID of an object, got ${JSON.stringify(id)}.`);
  return encodeURIComponent(text);
}
