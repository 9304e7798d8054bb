/** Connections whose fault is remembered. */
const most = 1000;

export interface Faults {
  find(installationId: string): string | undefined;
  note(installationId: string, fault: string): void;
}

/**
 * Why a negotiate was refused, for the person who comes back. In memory: a refused negotiate stores nothing, and a sender of
 * a thousand of them only makes others be forgotten.
 */
export function rememberFaults(): Faults {
  const faults = new Map<string, string>();
  return {
    find: (id) => faults.get(id),
    note(id, fault) {
      faults.delete(id);
      faults.set(id, fault);
      for (const oldest of faults.keys()) {
        if (faults.size <= most) return;
        faults.delete(oldest);
      }
    },
  };
}
