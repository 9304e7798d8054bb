import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Credentials } from '../domain/tenant.ts';
import { hideInText } from '../domain/hide-secrets.ts';
import { readJson } from '../domain/read-json.ts';
import { messageOf } from '../domain/message-of.ts';
import type { Answer } from '../outbound/exchange.ts';
import { readRetryAfter } from '../outbound/read-retry-after.ts';
import type { Answered, CallFailure, CallResult } from './call-result.ts';
import type { Prepared } from './prepare-call.ts';

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** 1 and 0, as numbers or strings; `true` and `false` too. Anything else is not a status. */
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
  // Not loose: results beside a status 0 are dropped here.
  z.object({ status: z.literal([0, '0', false]), msg: Msg }),
]);

type Result = z.output<typeof Result>;

/** A good envelope. A result that is none, with no status that can be read, is undefined in its place. */
interface Whole {
  readonly results: readonly (Result | undefined)[];
  readonly date: string;
  readonly time: string;
}

export interface EnvelopeOptions {
  readonly haltonerror?: boolean | undefined;
  readonly disableCallbacks?: boolean | undefined;
}

/** The envelope as JSON text; the commands are JSON texts already. */
export function buildEnvelope(
  { contract, accesstoken }: Credentials,
  calls: readonly Prepared[],
  { haltonerror, disableCallbacks }: EnvelopeOptions,
): string {
  const head = JSON.stringify({
    contract,
    accesstoken: accesstoken.reveal(),
    remoteagent: `appconnect-server/${version}`,
    ...(haltonerror === true && { haltonerror: 1 }),
    ...(disableCallbacks === true && { disable_callbacks: true }),
  });
  return `${head.slice(0, -1)},"commands":[${calls.map(({ json }) => json).join(',')}]}`;
}

/** An answer's result for each command. */
export function readEnvelope(
  answer: Answer,
  { accesstoken }: Credentials,
  calls: readonly Prepared[],
  { haltonerror }: EnvelopeOptions,
): Answered {
  const secrets = [accesstoken.reveal(), ...calls.map(({ sessiontoken }) => sessiontoken)];
  const whole = readWhole(answer, secrets);
  return 'kind' in whole ? whole : matchResults(whole, calls, haltonerror === true, secrets);
}

function readWhole({ status, headers, text }: Answer, secrets: readonly unknown[]): Whole | CallFailure {
  // How a dead token is answered is not known; these two would be HTTP's own way.
  if (status === 401 || status === 403) return refusal('envelope-refused', 'the call', `HTTP status ${status}`, []);
  if (status !== 200) {
    // Elsewhere it is about something else: a document that has moved, say.
    const asks = status === 429 || status === 503;
    const retryAfter = asks ? readRetryAfter(headers['retry-after'], Date.now()) : undefined;
    return { kind: 'broken', reason: `Microbizz answered with HTTP status ${status}`, retryAfter };
  }
  try {
    const read = Envelope.safeParse(readJson(text));
    const fault = read.error?.issues[0];
    if (!read.success) return undocumented(`${fault?.path.join('.') ?? ''}: ${fault?.message ?? ''}`);
    if (!('results' in read.data)) return refusal('envelope-refused', 'the call', read.data.msg, secrets);
    const { results, date, time } = read.data;
    return { results: results.map((result) => Result.safeParse(result).data), date, time };
  } catch (error) {
    return undocumented(error instanceof SyntaxError ? 'it is not JSON' : messageOf(error));
  }
}

/** A good envelope has status 1 even if its commands failed (docs/protocol.md): each result has a status of its own. */
function matchResults(
  { results, date, time }: Whole,
  calls: readonly Prepared[],
  haltonerror: boolean,
  secrets: readonly unknown[],
): CallResult[] {
  const isCut = haltonerror && results.at(-1)?.status === false;
  // With one command, a status 0 is a refusal, even if more results follow it.
  const isNo = calls.length === 1 && results[0]?.status === false;
  if (!isNo && (results.length > calls.length || (results.length < calls.length && !isCut))) {
    const reason = `Microbizz answered with ${results.length} results to ${calls.length} commands: they cannot be matched`;
    return calls.map(() => ({ kind: 'unmatched', reason }));
  }
  let halted = false;
  return calls.map(({ command }, at): CallResult => {
    const result = results[at];
    if (halted) {
      const reason = `${command} was not run: a command before it in the same envelope failed`;
      return { kind: 'unrun', reason };
    }
    if (result?.status === true) return { kind: 'done', result, date, time };
    halted = haltonerror;
    if (result === undefined) return { kind: 'unmatched', reason: `Microbizz's answer has no result for ${command}` };
    return refusal('command-refused', command, result.msg, secrets);
  });
}

function undocumented(how: string): CallFailure {
  return { kind: 'broken', reason: `Microbizz's answer is not what its API documents (${how})` };
}

/** Microbizz's own words help the reader, but they may repeat our text: tokens are cut out, and the length is bounded. */
function refusal(
  kind: 'command-refused' | 'envelope-refused',
  what: string,
  said: string | undefined,
  secrets: readonly unknown[],
): CallFailure {
  const refused = `Microbizz refused ${what}`;
  if (said === undefined || said === '') return { kind, reason: refused };
  const msg = hideInText(said, secrets).slice(0, 200);
  return { kind, reason: `${refused}: "${msg}"`, msg };
}
