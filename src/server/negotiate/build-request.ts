import { hookPath, type HookName, type HookRequest } from '../../microbizz/domain/hook.ts';
import { eventPurpose, interfacePurpose, negotiatePurpose, returnPurpose } from '../http/purposes.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Begun } from '../store/ports/connections.ts';
import { sealBegun } from './begun.ts';

/** An app's request to Microbizz: its hooks, events and pages apart. */
export interface Asked {
  readonly events: readonly (HookName & { title: string })[];
  readonly pages: readonly (HookName & { title: string })[];
}

/** The JSON of the field `request` that is POSTed to `<solution>/appconnect/` (docs/protocol.md §1). */
export interface ConnectRequest {
  readonly publicid: string;
  readonly negotiateurl: string;
  readonly returnurl: string;
  readonly hooks: readonly HookRequest[];
}

/** Each URL carries a key of its own, good for that URL alone. */
export function buildRequest(
  begun: Begun,
  asked: Asked,
  { keyring, publicUrl, publicid }: { keyring: Keyring; publicUrl: string; publicid: string },
): ConnectRequest {
  const url = (room: string, purpose: string): string => `${publicUrl}/${room}/${sealBegun(keyring, begun, purpose)}`;
  const hookUrl = (room: string, purpose: string, name: HookName): string =>
    `${publicUrl}/${room}/${keyring.mint(begun.id, purpose)}/${hookPath(name)}`;
  const request = ({ modcode, hook, title }: HookName & { title: string }, address: string): HookRequest => ({
    modcode,
    hook,
    title,
    url: address,
  });
  return {
    publicid,
    negotiateurl: url('negotiate', negotiatePurpose),
    returnurl: url('return', returnPurpose),
    hooks: [
      ...asked.events.map((name) => request(name, hookUrl('events', eventPurpose(name), name))),
      ...asked.pages.map((name) => request(name, hookUrl('interfaces', interfacePurpose(name), name))),
    ],
  };
}
