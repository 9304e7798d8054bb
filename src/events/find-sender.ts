import { hookPath, type HookName } from '../domain/hook.ts';
import { Refusal } from '../errors.ts';
import { eventPurpose } from '../http/purposes.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Connections } from '../store/store.ts';
import type { EventHook } from './define-event.ts';

/** Who an event comes from: a tenant, or an installation that is still pending. */
export type Source = { readonly tenantId: number } | { readonly installationId: string };

/** What an event address stands for. */
export interface Sender {
  readonly source: Source;
  readonly definition: EventHook;
}

/** The part of an event's address that tells who sends it. */
export type EventAddress = HookName & { readonly key: string };

export interface Senders {
  /** An address that was found before. Costs 0.1 µs; checking its key again would cost 13. */
  recall(address: EventAddress): Sender | undefined;
  /** Undefined for a forged key and for a hook that is not ours, without a look-up. */
  find(address: EventAddress): Promise<Sender | undefined>;
}

/** An active installation stays its tenant's, so an address that was found is good for as long as the process lives. */
export function buildSenders(hooks: readonly EventHook[], keyring: Keyring, connections: Connections): Senders {
  const definitions = new Map(hooks.map((hook) => [hookPath(hook), hook]));
  const known = new Map<string, Sender>();

  return {
    recall({ key, modcode, hook }) {
      const sender = known.get(key);
      if (sender === undefined) return undefined;
      return sender.definition.modcode === modcode && sender.definition.hook === hook ? sender : undefined;
    },
    async find(address) {
      const definition = definitions.get(hookPath(address));
      const installationId = keyring.open(address.key, eventPurpose(address));
      if (definition === undefined || installationId === undefined) return undefined;
      const installation = await connections.findInstallation(installationId);
      if (installation?.credentials === undefined) {
        throw new Refusal(
          'unknown-key',
          'Microbizz has not finished the connection that this address belongs to. Connect the app again.',
        );
      }
      if (installation.tenantId === undefined) return { source: { installationId }, definition };
      const sender = { source: { tenantId: installation.tenantId }, definition };
      // A key is good for one hook only, so it names the address.
      known.set(address.key, sender);
      return sender;
    },
  };
}
