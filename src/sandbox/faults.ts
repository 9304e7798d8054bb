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
    'command-error',
    'expired-session',
    'huge',
    'redirect',
    'http-500',
  ]),
  /** How long `slow` takes, in milliseconds. */
  slowMs: z.coerce.number().int().min(0).max(600_000),
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
    negotiate: 'none',
    negotiateAs,
    eventsAs,
    reconnect: 'replace',
    oldTokens: 'work',
  };
}
