import type { HookName } from '../../microbizz/domain/hook.ts';

/** The purposes of keys in URLs: each key has one. Written here for the room that mints and the rooms that check. */
export const negotiatePurpose = 'negotiate';
export const returnPurpose = 'return';

export function eventPurpose({ modcode, hook }: HookName): string {
  return `events ${modcode}/${hook}`;
}

export function interfacePurpose({ modcode, hook }: HookName): string {
  return `interfaces ${modcode}/${hook}`;
}
