import { z } from 'zod';
import type { Credentials } from '../domain/tenant.ts';
import { messageOf } from '../errors.ts';
import { postForm } from './post-form.ts';

/** 1 and 0, as numbers or strings; `true` and `false` too. Anything else is no status at all. */
const Status = z.union([
  z.literal([1, '1', true]).transform(() => true),
  z.literal([0, '0', false]).transform(() => false),
]);
/** Words for people, when they are words. */
const Msg = z.string().optional().catch(undefined);
const Result = z.looseObject({ status: Status, msg: Msg });
const Envelope = z.discriminatedUnion('status', [
  z.looseObject({ status: z.literal([1, '1', true]), results: z.array(Result).min(1) }),
  // Not loose: whatever results stand beside a status 0, they are dropped here.
  z.object({ status: z.literal([0, '0', false]), msg: Msg }),
]);

export type CommandResult = z.output<typeof Result>;

/**
 * What became of a command. Only `done` means that Microbizz carried it out: both statuses were 1 (seed 002: the envelope's alone says
 * nothing about the command). `reason` is one sentence without tokens.
 */
export type Called =
  | { readonly kind: 'done'; readonly result: CommandResult }
  | {
      readonly kind: 'command-refused' | 'envelope-refused' | 'broken' | 'unreachable' | 'slow';
      readonly reason: string;
    };

export interface CallOptions {
  /** Milliseconds for the whole call. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
  /** Microbizz' own guard against loops: what this call writes does not come back as an event. */
  readonly disableCallbacks?: boolean;
}

/** Sends one command in an envelope of its own to the tenant's endpoint, as form field `json` (seed 000). Never throws. */
export async function callCommand(
  credentials: Credentials,
  command: string,
  input: Readonly<Record<string, unknown>>,
  options: CallOptions,
): Promise<Called> {
  const envelope = {
    contract: credentials.contract,
    accesstoken: credentials.accesstoken.reveal(),
    remoteagent: 'appconnect-server',
    ...(options.disableCallbacks === true ? { disable_callbacks: true } : {}),
    commands: [{ ...input, command }],
  };
  const secrets = [envelope.accesstoken, input['sessiontoken']];
  const posted = await postForm(credentials.endpoint, { json: JSON.stringify(envelope) }, options);
  if (posted.kind !== 'answered') return posted;
  if (posted.status !== 200) return broken(`Microbizz answered with HTTP status ${posted.status}`);
  const parsed = parse(posted.body);
  if (!parsed.success) return broken(`Microbizz' answer is not what its API documents (${parsed.reason})`);
  const answer = parsed.data;
  if (!('results' in answer))
    return { kind: 'envelope-refused', reason: says('Microbizz refused the call', answer.msg, secrets) };
  const [result] = answer.results;
  if (result?.status !== true) {
    return { kind: 'command-refused', reason: says(`Microbizz refused ${command}`, result?.msg, secrets) };
  }
  return { kind: 'done', result };
}

function broken(reason: string): Called {
  return { kind: 'broken', reason };
}

function parse(body: string): { success: true; data: z.output<typeof Envelope> } | { success: false; reason: string } {
  try {
    const read = Envelope.safeParse(JSON.parse(body));
    if (read.success) return read;
    return {
      success: false,
      reason: `${read.error.issues[0]?.path.join('.') ?? ''}: ${read.error.issues[0]?.message ?? ''}`,
    };
  } catch (error) {
    return { success: false, reason: error instanceof SyntaxError ? 'it is not JSON' : messageOf(error) };
  }
}

/** Microbizz' own words help whoever reads them, but they may repeat what we sent: tokens are cut out, and the length is bounded. */
function says(what: string, msg: string | undefined, secrets: readonly unknown[]): string {
  if (msg === undefined || msg === '') return what;
  const clean = secrets.reduce<string>(
    (text, secret) => (typeof secret === 'string' && secret !== '' ? text.replaceAll(secret, '[hidden]') : text),
    msg,
  );
  return `${what}: "${clean.slice(0, 200)}"`;
}
