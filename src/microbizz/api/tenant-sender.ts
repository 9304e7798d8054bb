import type { Credentials, Tenant } from '../domain/tenant.ts';
import type { EnvelopeTerms, SendEnvelope } from './batch-calls.ts';
import type { CallMicrobizz } from './call.ts';
import { hostIn, resultAt, type Answered, type CallFailure } from './call-result.ts';
import type { HostPolicy } from './host-policy.ts';
import { prepareCall, type Prepared } from './prepare-call.ts';
import { openPolicy, type Limits, type TenantPolicy } from './tenant-policy.ts';
import { watchToken, type Echoed, type TokenStore, type TokenWatch } from './watch-token.ts';

export interface SenderOptions {
  readonly store: TokenStore;
  readonly now: () => number;
  readonly limits: Limits;
  readonly call: CallMicrobizz;
  readonly closing: AbortSignal;
  /** The policy of an endpoint's host, which all its tenants share. */
  readonly hostOf: (endpoint: string) => HostPolicy;
  /** An endpoint answers that did not. */
  readonly onReachable: (tenantId: number) => void;
}

export interface Sender {
  readonly token: TokenWatch;
  readonly send: SendEnvelope;
}

const echo = prepareCall('Echo', { text: 'appconnect' }, undefined, {});
/** Milliseconds for one request (docs/protocol.md: large queries are slow), and for an Echo. */
export const usualTime = 30_000;
const echoTime = 10_000;
const refused: CallFailure = {
  kind: 'token-refused',
  reason: 'Microbizz refuses the accesstoken: the solution has to be connected again',
};

/** Sends the envelopes of one tenant, within its limits and with its token, and answers the result of each command. */
export function buildSender(tenant: Tenant, options: SenderOptions): Sender {
  const { store, now, limits, closing, hostOf, onReachable } = options;
  const token = watchToken(tenant, { store, echo: askEcho, now, probeEvery: limits.probeEvery });
  let policy: Promise<TenantPolicy> | undefined;
  let away = false;

  async function call(
    credentials: Credentials,
    calls: readonly Prepared[],
    terms: EnvelopeTerms & { readonly signal: AbortSignal },
  ): Promise<Answered> {
    const given = { ...terms, timeout: terms.timeout ?? usualTime, limit: limits.answer };
    const answered = await options.call(credentials, calls, given);
    const host = hostIn(answered);
    if (host === 'answers' && away) onReachable(tenant.id);
    if (host !== 'unknown') away = host !== 'answers';
    return answered;
  }
  async function askEcho(credentials: Credentials): Promise<Echoed> {
    const answered = await hostOf(credentials.endpoint).send(
      () => call(credentials, [echo], { timeout: echoTime, signal: closing }),
      closing,
    );
    if (!('kind' in answered)) return 'taken';
    return answered.kind === 'envelope-refused' ? 'refused' : 'unknown';
  }
  async function deliver(calls: readonly Prepared[], terms: EnvelopeTerms): Promise<Answered> {
    const signal = terms.signal ? AbortSignal.any([closing, terms.signal]) : closing;
    const credentials = token.credentials();
    const run = await (policy ??= openPolicy(limits));
    const answered = await run(
      hostOf(credentials.endpoint),
      () => call(credentials, calls, { ...terms, signal }),
      calls.every(({ retriable }) => retriable),
      signal,
    );
    if (!('kind' in answered)) return answered;
    // Others found out that the host does not answer: changes of this tenant that were not reported meanwhile are asked for as well.
    if (answered.kind === 'resting') away = true;
    if (answered.kind !== 'envelope-refused') return answered;
    const verdict = await token.examine(credentials);
    // No command of a refused envelope was run, so it can be sent again with the tenant's current token.
    if (verdict === 'replaced') return deliver(calls, terms);
    return verdict === 'refused' ? refused : answered;
  }

  return {
    token,
    async send(calls, terms) {
      const answered = (await token.admit()) ? await deliver(calls, terms) : refused;
      return calls.map((_call, at) => resultAt(answered, at));
    },
  };
}
