import type { PauseReason } from '../store/ports/forwards.ts';

/** Why a forward may be paused, in a sentence for the operator. Pages have theirs in the reader's language. */
export const pauseReasons = {
  page: 'Paused on the settings page.',
  operator: 'An operator paused it.',
  failing: 'The destination has failed for 3 days without a success.',
  gone: 'The destination answered 410: it is gone for good.',
  removing: 'It is being removed.',
  'secret-lost': 'Its secret was lost with the key: give it a new one, then resume it.',
} as const satisfies Record<PauseReason, string>;
