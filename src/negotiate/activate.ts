import { callCommand } from '../api/call-command.ts';
import type { Installation } from '../domain/tenant.ts';
import type { Connections } from '../store/store.ts';

/** Milliseconds that the proving call may take: a person may be waiting for it. */
const patience = 5000;

/** The installation as it stands after the try; undefined when there is none. */
export type Activate = (installationId: string) => Promise<Installation | undefined>;

/**
 * Pending becomes active when a call with the new token succeeds at both status levels. Nothing else shows that the endpoint and the
 * accesstoken in a negotiate are real. Several who ask at the same time share one call.
 *
 * @param onActive called once for each installation that becomes active
 */
export function buildActivate(connections: Connections, onActive: (tenantId: number) => void): Activate {
  const running = new Map<string, Promise<Installation | undefined>>();

  async function prove(id: string): Promise<Installation | undefined> {
    const installation = await connections.findInstallation(id);
    if (installation?.credentials === undefined || installation.tenantId !== undefined) return installation;
    const called = await callCommand(installation.credentials, 'Echo', { text: 'appconnect' }, { timeout: patience });
    if (called.kind === 'done') await connections.activate(id);
    else await connections.noteFault(id, `The call that proves the connection failed: ${called.reason}.`);
    const proven = await connections.findInstallation(id);
    if (proven?.tenantId !== undefined) onActive(proven.tenantId);
    return proven;
  }

  return (id) => {
    const already = running.get(id);
    if (already !== undefined) return already;
    const proving = prove(id).finally(() => running.delete(id));
    running.set(id, proving);
    return proving;
  };
}
