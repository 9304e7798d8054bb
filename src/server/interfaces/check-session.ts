import { z } from 'zod';
import type { Apis } from '../../microbizz/api/api.ts';
import type { FailureKind } from '../../microbizz/api/call-result.ts';
import { sessiontoken as Sessiontoken } from '../../microbizz/api/commands/types/basic.ts';
import type { Tenant } from '../../microbizz/domain/tenant.ts';
import { Refusal, type ErrorCode } from '../errors.ts';

/** Milliseconds that Microbizz has to answer: somebody sees an empty frame meanwhile. */
const patience = 5000;

const codes: Record<FailureKind, ErrorCode> = {
  'command-refused': 'session-refused',
  'envelope-refused': 'upstream-refused',
  'token-refused': 'upstream-refused',
  unmatched: 'upstream-broken',
  unrun: 'upstream-broken',
  broken: 'upstream-broken',
  large: 'upstream-broken',
  unreachable: 'upstream-broken',
  aborted: 'upstream-broken',
  resting: 'upstream-broken',
  slow: 'upstream-slow',
};

/** The form of a possible sessiontoken. */
export function readSessiontoken(given: unknown): string {
  const read = z.safeEncode(Sessiontoken, given as string);
  if (read.success) return read.data as string;
  throw new Refusal('session-missing', 'The address has no usable sessiontoken.');
}

/**
 * The user of a sessiontoken, as the tenant's own Microbizz names it. Throws for everything else: a Fastify hook that *sends* a refusal
 * late does not stop the page. Both statuses are checked: the envelope's is 1 for any token, however wrong.
 */
async function checkSession(ask: Apis['ask'], tenant: Tenant, sessiontoken: string): Promise<string> {
  const called = await ask(tenant.credentials, 'ValidateSessionToken', { sessiontoken }, { timeout: patience });
  if (called.kind !== 'done') throw new Refusal(codes[called.kind], `${called.reason}.`);
  const userid = called.result['userid'];
  const usable =
    typeof userid === 'number'
      ? Number.isSafeInteger(userid) && userid > 0
      : typeof userid === 'string' && /^[1-9]\d{0,17}$/.test(userid);
  // Customers of the extranet are not users (docs/protocol.md §2.2): a session without a user's id is none of ours.
  if (!usable) throw new Refusal('session-refused', 'Microbizz names no user for this session.');
  return String(userid);
}

/** For `buildSessions`. When the accesstoken seems to be refused, an Echo finds out and notes it; the page does not wait for that. */
export function askSession(apis: Pick<Apis, 'ask' | 'of'>) {
  return async (tenant: Tenant, sessiontoken: string): Promise<string> => {
    try {
      return await checkSession(apis.ask, tenant, sessiontoken);
    } catch (error) {
      if (error instanceof Refusal && error.code === 'upstream-refused')
        apis
          .of(tenant)
          .run('Echo')
          .catch(() => undefined);
      throw error;
    }
  };
}
