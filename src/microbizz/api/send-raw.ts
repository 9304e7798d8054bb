import type { Credentials } from '../domain/tenant.ts';
import { hideSecrets } from '../domain/hide-secrets.ts';
import type { RawAnswer } from './api.ts';
import type { CallMicrobizz, CallOptions, Wire } from './call.ts';
import { toApiError, type CallFailure } from './call-result.ts';
import type { Prepared } from './prepare-call.ts';

/** One command, outside of all queues, for somebody who wants to see the messages themselves. */
export async function sendRaw(
  call: CallMicrobizz,
  credentials: Credentials,
  prepared: Prepared,
  options: CallOptions,
): Promise<RawAnswer> {
  const secrets = [credentials.accesstoken.reveal(), prepared.sessiontoken];
  const began = performance.now();
  const seen: Wire[] = [];
  const answered = await call(credentials, [prepared], { ...options, onAnswer: (wire) => seen.push(wire) });
  const [wire] = seen;
  // A call that is not shown an answer has failed as a whole.
  if (wire === undefined) throw toApiError(answered as CallFailure, prepared.command);
  return {
    envelope: hideSecrets(wire.envelope, secrets) as object,
    status: wire.status,
    answer: hideSecrets(wire.body, secrets),
    ms: Math.round(performance.now() - began),
  };
}
