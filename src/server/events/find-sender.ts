import { hookPath, type HookName } from '../../microbizz/domain/hook.ts';
import { Refusal } from '../errors.ts';
import { eventPurpose } from '../http/purposes.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Installation } from '../../microbizz/domain/tenant.ts';
import type { Connections } from '../store/ports/connections.ts';
import type { Changes } from '../store/ports/changes.ts';
import type { EventHook } from './define-event.ts';

/** The sender of an event: a tenant, or an installation that is not verified yet, because its Microbizz cannot be reached. */
export type Source = { readonly tenantId: number } | { readonly installationId: string };

/** The sender and the hook that an event address stands for. */
export interface Sender {
  readonly source: Source;
  readonly definition: EventHook;
}

/** The part of an event's address that identifies its sender. */
export type EventAddress = HookName & { readonly key: string };

export interface Senders {
  /** An address that was found before. Costs 0.1 µs; checking its key again would cost 13. */
  recall(address: EventAddress): Sender | undefined;
  /** Undefined for a forged key and for a hook that is not ours, without a look-up. */
  find(address: EventAddress): Promise<Sender | undefined>;
}

export interface SenderServices {
  readonly keyring: Keyring;
  readonly connections: Pick<Connections, 'findInstallation'>;
  readonly changes: Changes;
  /** Verifies an installation that is not yet, and answers how it stands. */
  readonly verify: (installationId: string) => Promise<Installation | undefined>;
}

/** Milliseconds between two checks for keys that other processes have revoked, at least. */
const lookPause = 10;

/** An installation stays its tenant's until it is revoked: an address that was found is good until somebody may have revoked one. */
export function buildSenders(hooks: readonly EventHook[], services: SenderServices): Senders {
  const { keyring, connections, changes, verify } = services;
  const definitions = new Map(hooks.map((hook) => [hookPath(hook), hook]));
  const known = new Map<string, Sender>();
  let revocations = 0;
  let lookAt = 0;
  changes.subscribe('revocations', () => {
    revocations += 1;
    known.clear();
  });

  /** Notices when other processes revoke a key. Every event passes here, and asking SQLite takes longer than reading a form. */
  function look(): void {
    const now = performance.now();
    if (now < lookAt) return;
    lookAt = now + lookPause;
    // A store that cannot be asked refuses the event itself.
    changes.look().catch(() => undefined);
  }

  /** So that no event is too much for a Microbizz: it is asked once, by the negotiate or here, and then by people who look. */
  async function findInstallation(id: string): Promise<Installation> {
    const found = await connections.findInstallation(id);
    const isNew = found?.tenantId === undefined && found?.waits === false && found.fault === undefined;
    const installation = isNew ? await verify(id) : found;
    if (installation !== undefined) return installation;
    throw new Refusal('unknown-key', 'This address is not, or no longer, in use. Connect the app again.');
  }

  return {
    recall({ key, modcode, hook }) {
      look();
      const sender = known.get(key);
      if (sender === undefined) return undefined;
      return sender.definition.modcode === modcode && sender.definition.hook === hook ? sender : undefined;
    },
    async find(address) {
      const definition = definitions.get(hookPath(address));
      const installationId = keyring.open(address.key, eventPurpose(address));
      if (definition === undefined || installationId === undefined) return undefined;
      const before = revocations;
      const installation = await findInstallation(installationId);
      if (installation.tenantId === undefined) {
        if (installation.unreachable) return { source: { installationId }, definition };
        throw new Refusal('not-connected', whyNot(installation));
      }
      const sender = { source: { tenantId: installation.tenantId }, definition };
      // A key is good for one hook only, so it names the address. A read from before somebody revoked is not kept.
      if (before === revocations) known.set(address.key, sender);
      return sender;
    },
  };
}

function whyNot({ waits, fault }: Installation): string {
  if (waits) return 'This connection waits for the approval of whoever runs the app. Nothing is taken until then.';
  return `This connection is not verified. ${fault ?? ''} Connect the app again.`;
}
