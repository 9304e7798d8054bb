import { Refusal } from '../errors.ts';
import type { Connections } from '../store/store.ts';

/** Who an event comes from: a tenant, or an installation that is still pending. */
export type Source = { readonly tenantId: number } | { readonly installationId: string };

/** Finds the source by installation. An active installation stays its tenant's, so a look-up that found one is never repeated. */
export function buildFindSource(connections: Connections): (installationId: string) => Promise<Source> {
  const known = new Map<string, Source>();
  return async (installationId) => {
    const cached = known.get(installationId);
    if (cached !== undefined) return cached;
    const installation = await connections.findInstallation(installationId);
    if (installation?.credentials === undefined) {
      throw new Refusal(
        'unknown-key',
        'Microbizz has not finished the connection that this address belongs to. Connect the app again.',
      );
    }
    if (installation.tenantId === undefined) return { installationId };
    const source = { tenantId: installation.tenantId };
    known.set(installationId, source);
    return source;
  };
}
