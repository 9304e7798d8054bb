import type { Credentials } from '../domain/tenant.ts';
import { hideSecrets } from '../domain/hide-secrets.ts';
import { ApiError, type Input, type RawAnswer, type RunOptions } from './api.ts';
import { findCommand } from './commands.ts';
import { buildEnvelope } from './envelope.ts';
import { usualTime, type SenderOptions } from './send-envelope.ts';
import { prepareCall } from './prepare-call.ts';

/** One command, outside of all queues, for somebody who wants to see what goes over the wire. */
export async function sendRaw(
  { post, limit }: { post: SenderOptions['post']; limit: number },
  credentials: Credentials,
  { command, input, options }: { command: string; input: Input; options: RunOptions },
): Promise<RawAnswer> {
  const call = prepareCall(command, input, findCommand(command), options);
  const envelope = buildEnvelope(credentials, [call.json], options);
  const began = performance.now();
  const { timeout = usualTime, signal } = options;
  const posted = await post(credentials.endpoint, envelope, { timeout, limit, signal });
  if (posted.kind !== 'answered') throw new ApiError('transport', posted.reason, { command });
  const secrets = [credentials.accesstoken.reveal(), call.sessiontoken];
  return {
    envelope: hideSecrets(envelope, secrets) as object,
    status: posted.status,
    answer: hideSecrets(posted.body, secrets),
    ms: Math.round(performance.now() - began),
  };
}
