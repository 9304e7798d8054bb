import { z } from 'zod';

const FormEncoding = z.enum(['multipart', 'urlencoded']);
export type FormEncoding = z.output<typeof FormEncoding>;

/**
 * What the sandbox does wrong, or in one of the ways that the documentation leaves open. Every switch is an enum with a plain
 * first value, so the page at /faults, the type and the check of the form all come from this one place.
 */
export const Faults = z.object({
  /** How /api/endpoint.php misbehaves. */
  api: z.enum([
    'none',
    'slow',
    'down',
    'html',
    'envelope-error',
    'some-envelope-errors',
    'command-error',
    'one-command-error',
    'missing-results',
    'surplus-result',
    'shuffled-results',
    'expired-session',
    'huge',
    'redirect',
    'http-500',
  ]),
  /** How long `slow` takes, in milliseconds. */
  slowMs: z.coerce.number().int().min(0).max(600_000),
  /** How many objects a …ByLastChange answers at once; the rest is behind a `resumekey`. */
  pageSize: z.coerce.number().int().min(1).max(100_000),
  /** The key of a partial result: never another one; one more behind the last object; an empty text instead of none. */
  resumekey: z.enum(['plain', 'repeats', 'after-last', 'empty-at-end']),
  /** With haltonerror the results end with the failed command, or go on with status 0: not documented. */
  halted: z.enum(['ends', 'filled']),
  /** What becomes of fields that an overwriting command leaves out: Ventu's pages say both. */
  omitted: z.enum(['kept', 'emptied']),
  /**
   * A number as text, an empty text for a boolean, `[]` for an empty set …: refused, or bent as PHP bends it. Samples and public clients
   * send such things to the real one, so it presumably takes them; how it reads each of them is in no public page.
   */
  types: z.enum(['strict', 'as PHP']),
  /** How the GO API misbehaves. */
  go: z.enum(['none', 'unauthorized', 'http-500', 'html']),
  /** How the negotiate POST misbehaves: not sent, sent twice, a foreign endpoint, a token that never works, a huge challenge. */
  negotiate: z.enum(['none', 'skipped', 'twice', 'foreign-endpoint', 'dead-token', 'long-challenge']),
  negotiateAs: FormEncoding,
  eventsAs: FormEncoding,
  /** Whether a second connect replaces the hooks of the first or adds to them: Ventu's documentation does not say. */
  reconnect: z.enum(['replace', 'add']),
  /** Whether the accesstoken of an earlier connect goes on working: not documented either. */
  oldTokens: z.enum(['work', 'die']),
});
export type Faults = z.output<typeof Faults>;

export function buildFaults(negotiateAs: FormEncoding, eventsAs: FormEncoding): Faults {
  return {
    api: 'none',
    slowMs: 7000,
    pageSize: 100,
    resumekey: 'plain',
    halted: 'ends',
    omitted: 'kept',
    types: 'strict',
    go: 'none',
    negotiate: 'none',
    negotiateAs,
    eventsAs,
    reconnect: 'replace',
    oldTokens: 'work',
  };
}
