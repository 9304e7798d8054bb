import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Credentials } from '../domain/tenant.ts';
import { hideInText } from '../domain/hide-secrets.ts';
import { readJson } from '../domain/read-json.ts';
import { messageOf } from '../errors.ts';
import type { Posted, Unanswered } from './post-form.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** 1 and 0, as numbers or strings; `true` and `false` too. Anything else is no status at all. */
const Status = z.union([
  z.literal([1, '1', true]).transform(() => true),
  z.literal([0, '0', false]).transform(() => false),
]);
/** Words for people, when they are words. */
const Msg = z.string().optional().catch(undefined);
const Moment = z.string().catch('');
/** By position. PHP writes an array with gaps in its keys as an object. */
const Results = z.preprocess((raw) => {
  const entries = typeof raw === 'object' && raw !== null ? Object.entries(raw) : [];
  if (Array.isArray(raw) || !entries.every(([key]) => /^\d{1,3}$/.test(key))) return raw;
  const results: unknown[] = [];
  for (const [key, result] of entries) results[Number(key)] = result;
  return Array.from(results);
}, z.array(z.unknown()).min(1));
const Result = z.looseObject({ status: Status, msg: Msg });
const Envelope = z.discriminatedUnion('status', [
  z.looseObject({
    status: z.literal([1, '1', true]),
    results: Results,
    date: Moment,
    time: Moment,
  }),
  // Not loose: whatever results stand beside a status 0, they are dropped here.
  z.object({ status: z.literal([0, '0', false]), msg: Msg }),
]);

export type Result = z.output<typeof Result>;

/** What an envelope came to. A result that is none, with no status that can be read, is undefined in its place. */
export type Reading =
  | {
      readonly kind: 'results';
      readonly results: readonly (Result | undefined)[];
      readonly date: string;
      readonly time: string;
    }
  | { readonly kind: 'refused'; readonly msg: string | undefined }
  /** `retryAfter`: milliseconds for which Microbizz asks to be left alone. */
  | { readonly kind: 'broken'; readonly reason: string; readonly retryAfter?: number | undefined }
  /** Not for this alone: see watch-token. */
  | { readonly kind: 'token' }
  | Unanswered;

export interface EnvelopeOptions {
  readonly haltonerror?: boolean | undefined;
  readonly disableCallbacks?: boolean | undefined;
}

/** The envelope as JSON text; the commands are JSON texts already. */
export function buildEnvelope(
  { contract, accesstoken }: Credentials,
  commands: readonly string[],
  { haltonerror, disableCallbacks }: EnvelopeOptions,
): string {
  const head = JSON.stringify({
    contract,
    accesstoken: accesstoken.reveal(),
    remoteagent: `appconnect-server/${version}`,
    ...(haltonerror === true && { haltonerror: 1 }),
    ...(disableCallbacks === true && { disable_callbacks: true }),
  });
  return `${head.slice(0, -1)},"commands":[${commands.join(',')}]}`;
}

/** A good envelope has status 1 whatever became of its commands (docs/protocol.md §4): each result has a status of its own. */
export function readEnvelope(posted: Posted): Exclude<Reading, { kind: 'token' }> {
  if (posted.kind !== 'answered') return posted;
  // How a dead token is answered is not known; these two would be HTTP's own way.
  if (posted.status === 401 || posted.status === 403) return { kind: 'refused', msg: `HTTP status ${posted.status}` };
  const { status, retryAfter } = posted;
  if (status !== 200) return { kind: 'broken', reason: `Microbizz answered with HTTP status ${status}`, retryAfter };
  try {
    const read = Envelope.safeParse(readJson(posted.body));
    const fault = read.error?.issues[0];
    if (!read.success) return undocumented(`${fault?.path.join('.') ?? ''}: ${fault?.message ?? ''}`);
    if (!('results' in read.data)) return { kind: 'refused', msg: read.data.msg };
    const { results, date, time } = read.data;
    return { kind: 'results', results: results.map((result) => Result.safeParse(result).data), date, time };
  } catch (error) {
    return undocumented(error instanceof SyntaxError ? 'it is not JSON' : messageOf(error));
  }
}

export function undocumented(how: string): { kind: 'broken'; reason: string } {
  return { kind: 'broken', reason: `Microbizz' answer is not what its API documents (${how})` };
}

/** Microbizz' own words help whoever reads them, but they may repeat what we sent: tokens are cut out, and the length is bounded. */
export function cleanMsg(msg: string | undefined, secrets: readonly unknown[]): string | undefined {
  if (msg === undefined || msg === '') return undefined;
  return hideInText(msg, secrets).slice(0, 200);
}

export function says(what: string, msg: string | undefined): string {
  return msg === undefined ? what : `${what}: "${msg}"`;
}
