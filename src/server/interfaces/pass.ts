import { z } from 'zod';
import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import { isLanguage, type Language } from '../http/language.ts';
import type { Keyring } from '../keys/keyring.ts';

/** Milliseconds after a page was opened in Microbizz until its passes end, however often the session is found valid. */
export const passLife = 12 * 3_600_000;
/** Characters of a pass that may come in: a sessiontoken of 4,096 and 2,000 of variables fit. */
const maxLength = 12_000;

/** Where a pass is good: for one installation's key, and one page or action of one hook. */
export interface Place {
  readonly installationId: string;
  readonly hook: HookName;
  readonly kind: 'page' | 'action';
  readonly name: string;
}

/** The content of links and forms, so that no state and no cookie is needed. Times are milliseconds since 1970. */
export interface Pass {
  readonly tenantId: number;
  readonly userid: string;
  /** When the page was opened in Microbizz. */
  readonly openedAt: number;
  /** When Microbizz last called the session valid. */
  readonly checkedAt: number;
  readonly sessiontoken: string;
  /** The hook's variables, as Microbizz sent them. */
  readonly variables: Readonly<Record<string, string>>;
  /** The reader's choice; undefined while it is the browser's. */
  readonly language: Language | undefined;
}

/** A list, because that is short: a page of fifty rows holds as many passes. Times are in seconds. */
const Sealed = z.tuple([
  z.int(),
  z.string(),
  z.int(),
  z.int(),
  z.string(),
  z.record(z.string(), z.string()),
  z.custom<Language>(isLanguage).nullable(),
]);

export function sealPass(keyring: Keyring, place: Place, pass: Pass): string {
  const { tenantId, userid, openedAt, checkedAt, sessiontoken, variables, language } = pass;
  const parts: z.input<typeof Sealed> = [
    tenantId,
    userid,
    Math.floor(openedAt / 1000),
    Math.floor(checkedAt / 1000),
    sessiontoken,
    variables,
    language ?? null,
  ];
  return keyring.seal(JSON.stringify(parts), nameOf(place));
}

/** Undefined for any text that this server did not seal for this place. The session itself is checked elsewhere. */
export function openPass(keyring: Keyring, place: Place, sealed: unknown): Pass | undefined {
  if (typeof sealed !== 'string' || sealed.length > maxLength) return undefined;
  const plain = keyring.unseal(sealed, nameOf(place));
  const read = plain === undefined ? undefined : Sealed.safeParse(JSON.parse(plain)).data;
  if (read === undefined) return undefined;
  const [tenantId, userid, openedAt, checkedAt, sessiontoken, variables, language] = read;
  const times = { openedAt: openedAt * 1000, checkedAt: checkedAt * 1000 };
  return { tenantId, userid, ...times, sessiontoken, variables, language: language ?? undefined };
}

function nameOf({ installationId, hook, kind, name }: Place): string {
  return `pass ${installationId} ${hookPath(hook)} ${kind} ${name}`;
}
