import type { Credentials, Tenant } from '../domain/tenant.ts';
import { ApiError } from './api.ts';
import type { EnvelopeTerms, Outcome } from './batch-calls.ts';
import { openPolicy, type Limits, type Mannerly } from './endpoint-policy.ts';
import { buildEnvelope, cleanMsg, readEnvelope, says, type Reading } from './envelope.ts';
import { isOutage, type HostManners } from './host-manners.ts';
import type { Posted, PostOptions } from './post-form.ts';
import type { Prepared } from './prepare-call.ts';
import { watchToken, type Echoed, type TokenStore, type TokenWatch } from './watch-token.ts';

export interface SenderOptions {
  readonly store: TokenStore;
  readonly now: () => number;
  readonly limits: Limits;
  readonly post: (url: string, json: string, options: Omit<PostOptions, 'dispatcher'>) => Promise<Posted>;
  readonly closing: AbortSignal;
  /** The manners towards the host of an endpoint, which all its tenants share. */
  readonly hostOf: (endpoint: string) => HostManners;
  /** An endpoint answers that did not. */
  readonly onReachable: (tenantId: number) => void;
}

export interface Sender {
  readonly token: TokenWatch;
  send(calls: readonly Prepared[], terms: EnvelopeTerms): Promise<readonly Outcome[]>;
}

const echo = JSON.stringify({ text: 'appconnect', command: 'Echo' });
/** Milliseconds for one request (docs/protocol.md §4: large queries are slow), and for an Echo. */
export const usualTime = 30_000;
const echoTime = 10_000;

/** Sends the envelopes of one tenant, with manners, and says what became of each command. */
export function buildSender(tenant: Tenant, options: SenderOptions): Sender {
  const { store, now, limits, closing, hostOf, onReachable } = options;
  const token = watchToken(tenant, { store, echo: askEcho, now, probeEvery: limits.probeEvery });
  let policy: Promise<Mannerly> | undefined;
  let away = false;

  async function post(
    { endpoint }: Credentials,
    envelope: string,
    timeout: number,
    signal: AbortSignal,
  ): Promise<Reading> {
    const reading = readEnvelope(await options.post(endpoint, envelope, { timeout, limit: limits.answer, signal }));
    if (isOutage(reading)) away = true;
    else if (away && reading.kind !== 'aborted') {
      away = false;
      onReachable(tenant.id);
    }
    return reading;
  }
  async function askEcho(credentials: Credentials): Promise<Echoed> {
    const envelope = buildEnvelope(credentials, [echo], {});
    const { kind } = await hostOf(credentials.endpoint).send(
      () => post(credentials, envelope, echoTime, closing),
      closing,
    );
    return kind === 'results' ? 'taken' : kind === 'refused' ? 'refused' : 'unknown';
  }
  async function deliver(calls: readonly Prepared[], terms: EnvelopeTerms): Promise<Reading> {
    const signal = terms.signal ? AbortSignal.any([closing, terms.signal]) : closing;
    const credentials = token.credentials();
    const commands = calls.map(({ json }) => json);
    const envelope = buildEnvelope(credentials, commands, terms);
    const run = await (policy ??= openPolicy(limits));
    const reading = await run(
      hostOf(credentials.endpoint),
      () => post(credentials, envelope, terms.timeout ?? usualTime, signal),
      calls.every(({ retriable }) => retriable),
      signal,
    );
    // Others found out that the host does not answer: what this tenant was not told meanwhile is asked for as well.
    if (reading.kind === 'resting') away = true;
    if (reading.kind !== 'refused') return reading;
    const verdict = await token.examine(credentials);
    // Nothing of a refused envelope was run, so it can be sent with what the tenant has now.
    if (verdict === 'replaced') return deliver(calls, terms);
    return verdict === 'refused' ? { kind: 'token' } : reading;
  }

  return {
    token,
    async send(calls, terms) {
      const reading: Reading = (await token.admit()) ? await deliver(calls, terms) : { kind: 'token' };
      if (reading.kind !== 'results') {
        const error = toError(reading, token.credentials());
        return calls.map(({ command }): Outcome => ({ kind: 'failed', error: error(command) }));
      }
      return readOutcomes(calls, reading, terms.haltonerror === true, token.credentials());
    },
  };
}

function readOutcomes(
  calls: readonly Prepared[],
  { results, date, time }: Extract<Reading, { kind: 'results' }>,
  haltonerror: boolean,
  credentials: Credentials,
): Outcome[] {
  const isCut = haltonerror && results.at(-1)?.status === false;
  if (results.length > calls.length || (results.length < calls.length && !isCut)) {
    const message = `Microbizz answered with ${results.length} results to ${calls.length} commands: whose is whose cannot be told`;
    return calls.map(({ command }) => ({ kind: 'failed', error: new ApiError('envelope', message, { command }) }));
  }
  let halted = false;
  return calls.map(({ command, sessiontoken, read }, at): Outcome => {
    if (halted) return { kind: 'unrun' };
    const result = results[at];
    if (result === undefined) {
      halted = haltonerror;
      const message = `Microbizz' answer has no result for ${command}`;
      return { kind: 'failed', error: new ApiError('envelope', message, { command }) };
    }
    if (result.status) return { kind: 'done', result: read(result), date, time };
    halted = haltonerror;
    const msg = cleanMsg(result.msg, [credentials.accesstoken.reveal(), sessiontoken]);
    return {
      kind: 'failed',
      error: new ApiError('command', says(`Microbizz refused ${command}`, msg), { command, msg }),
    };
  });
}

function toError(
  reading: Exclude<Reading, { kind: 'results' }>,
  credentials: Credentials,
): (command: string) => ApiError {
  switch (reading.kind) {
    case 'token':
      return (command) =>
        new ApiError('token', 'Microbizz refuses the accesstoken: the solution has to be connected again', { command });
    case 'refused': {
      const msg = cleanMsg(reading.msg, [credentials.accesstoken.reveal()]);
      return (command) => new ApiError('envelope', says('Microbizz refused the call', msg), { command, msg });
    }
    default:
      return (command) => new ApiError('transport', reading.reason, { command });
  }
}
