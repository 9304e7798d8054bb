import { createHash } from 'node:crypto';
import { diagnoseHash } from './diagnose-hash.ts';
import { postForm, type PostAnswer } from './post-form.ts';
import type { ConnectRequest } from './read-connect-request.ts';
import type { Connection, SandboxState } from './sandbox-state.ts';

/** What became of an Accept. The connection is stored only when `ok`. */
export interface Accepted {
  readonly ok: boolean;
  readonly status: number;
  readonly body: string;
  readonly returnurl: string;
  /** Why not ok, in a sentence; empty when ok. */
  readonly error: string;
  /** The body that was expected. Never shows the secret that it is made of. */
  readonly expected: string;
  /** The answer to the second POST, with fault `twice`. */
  readonly repeated?: PostAnswer;
}

/** The server-side POST to negotiateurl, and the check that the app holds the secret key. Every encoding of the body is PHP's. */
export async function acceptConnection(state: SandboxState, request: ConnectRequest): Promise<Accepted> {
  const { negotiateurl, returnurl } = request;
  const fault = state.faults.negotiate;
  if (fault === 'skipped')
    return { ok: false, status: 0, body: '', returnurl, error: 'fault "skipped": no negotiate was sent', expected: '' };

  const challenge = state.mint(fault === 'long-challenge' ? 64 * 1024 : 16);
  const connection = issueConnection(state, request);
  const fields = {
    endpoint: connection.endpoint,
    contract: connection.contract,
    accesstoken: fault === 'dead-token' ? state.mint(20) : connection.accesstoken,
    challenge,
  };
  // The token must work while the app still answers: an app may try it at once.
  state.connections.push(connection);
  const answer = await postForm(negotiateurl, fields, state.faults.negotiateAs, state.closing);
  const expected = createHash('sha1')
    .update(challenge + state.secretkey)
    .digest('hex');
  const error = answer.error || diagnoseHash(answer, { expected, challenge, secretkey: state.secretkey });
  if (error !== '') state.connections.splice(state.connections.indexOf(connection), 1);
  const outcome = { ok: error === '', status: answer.status, body: answer.body, returnurl, error, expected };
  if (fault !== 'twice') return outcome;
  return { ...outcome, repeated: await postForm(negotiateurl, fields, state.faults.negotiateAs, state.closing) };
}

function issueConnection(state: SandboxState, request: ConnectRequest): Connection {
  // 40 hex digits, as in a sample left in Silverstripe's module; the documentation gives no shape.
  const issued = {
    contract: state.contract,
    accesstoken: state.mint(20),
    endpoint: `${state.origin}/api/endpoint.php`,
  };
  if (state.faults.negotiate === 'foreign-endpoint')
    issued.endpoint = 'https://microbizz.attacker.example/api/endpoint.php';
  return { ...request, ...issued };
}
