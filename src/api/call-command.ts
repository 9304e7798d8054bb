import type { Credentials } from '../domain/tenant.ts';
import { buildEnvelope, cleanMsg, readEnvelope, says, undocumented, type Result } from './envelope.ts';
import { postForm } from './post-form.ts';

/** Bytes of answer to commands that answer with a few words. */
const limit = 1024 * 1024;

/**
 * What became of a command. Only `done` means that Microbizz carried it out: both statuses were 1 (docs/protocol.md §4: the envelope's alone says
 * nothing about the command). `reason` is one sentence without tokens.
 */
export type Called =
  | { readonly kind: 'done'; readonly result: Result }
  | {
      readonly kind: 'command-refused' | 'envelope-refused' | 'broken' | 'unreachable' | 'slow';
      readonly reason: string;
    };

/**
 * Sends one command in an envelope of its own, at once: for those who ask on behalf of a person who waits, or with credentials that are
 * no tenant's yet. All others use an `Api`, with its queue and its manners. Never throws.
 */
export async function callCommand(
  credentials: Credentials,
  command: string,
  input: Readonly<Record<string, unknown>>,
  { timeout }: { readonly timeout: number },
): Promise<Called> {
  const envelope = buildEnvelope(credentials, [JSON.stringify({ ...input, command })], {});
  const clean = (msg: string | undefined) => cleanMsg(msg, [credentials.accesstoken.reveal(), input['sessiontoken']]);
  const reading = readEnvelope(await postForm(credentials.endpoint, envelope, { timeout, limit }));
  switch (reading.kind) {
    case 'results': {
      const [result, ...more] = reading.results;
      if (result === undefined) return undocumented('results.0: no status');
      // One too many, and none can be trusted to be the answer to this command.
      if (result.status && more.length > 0) return undocumented(`results: ${more.length + 1} for one command`);
      if (result.status) return { kind: 'done', result };
      return { kind: 'command-refused', reason: says(`Microbizz refused ${command}`, clean(result.msg)) };
    }
    case 'refused':
      return { kind: 'envelope-refused', reason: says('Microbizz refused the call', clean(reading.msg)) };
    case 'large':
      return { kind: 'broken', reason: reading.reason };
    case 'aborted':
    case 'resting':
      return { kind: 'unreachable', reason: reading.reason };
    default:
      return { kind: reading.kind, reason: reading.reason };
  }
}
