import { randomInt } from 'node:crypto';
import type { Apis } from '../../microbizz/api/api.ts';
import { meaningOf } from '../../microbizz/api/call-result.ts';
import type { Credentials, Installation } from '../../microbizz/domain/tenant.ts';
import type { Connections } from '../store/ports/connections.ts';

/** Time limit of the verifying call, in milliseconds: a person may be waiting for it. */
const patience = 5000;

/** The installation as it stands after the try; undefined when there is none. */
export type Verify = (installationId: string) => Promise<Installation | undefined>;

/**
 * An installation is verified when its endpoint sends back a text that nobody could know, in answer to an envelope with its contract and
 * accesstoken. Nothing else shows that a negotiate's content is real. Callers at the same time share one call.
 *
 * @param onActive called once for each installation that becomes its tenant's
 */
export function buildVerify(
  connections: Connections,
  ask: Apis['ask'],
  now: () => number,
  onActive: (tenantId: number) => void,
): Verify {
  const running = new Map<string, Promise<Installation | undefined>>();

  async function verify(id: string): Promise<Installation | undefined> {
    const installation = await connections.findInstallation(id);
    if (installation === undefined || installation.tenantId !== undefined || installation.waits) return installation;
    const failed = await askEcho(ask, installation.credentials);
    if (failed === undefined) await connections.noteVerified(id, now());
    else await connections.noteFault(id, `The call that verifies the connection failed: ${failed.reason}.`, failed);
    const verified = await connections.findInstallation(id);
    if (verified?.tenantId !== undefined) onActive(verified.tenantId);
    return verified;
  }

  return (id) => {
    const already = running.get(id);
    if (already !== undefined) return already;
    const verifying = verify(id).finally(() => running.delete(id));
    running.set(id, verifying);
    return verifying;
  };
}

/** Why it is not verified; undefined when it is. */
async function askEcho(
  ask: Apis['ask'],
  credentials: Credentials,
): Promise<{ reason: string; unreachable: boolean } | undefined> {
  // Digits, because the documentation's own sample changes the case (text "Hello World", answer "Hello world"; wiki 20250891).
  const text = `1${String(randomInt(2 ** 47)).padStart(15, '0')}`;
  const called = await ask(credentials, 'Echo', { text }, { timeout: patience });
  if (called.kind !== 'done') {
    const { host } = meaningOf(called);
    return { reason: called.reason, unreachable: host === 'silent' || host === 'unknown' };
  }
  const { answer } = called.result;
  // PHP may write digits as a number; 16 of them that begin with 1 are exact in it.
  if ((typeof answer === 'string' || typeof answer === 'number') && String(answer) === text) return undefined;
  return { reason: 'Microbizz did not say back the text that it was sent', unreachable: false };
}
