import { Refusal } from '../errors.ts';
import type { KeptForm } from '../http/send-error-page.ts';
import type { Values } from './read-values.ts';

/** A form that came with a good pass, whatever happened to it then. */
export interface SentForm {
  readonly typed: Values;
  readonly pass: string;
  /** Where it was sent. */
  readonly action: string;
}

/** A field that looks like a secret by its name is not shown again: `apikey` and `pinkode` do, `postkode` and `keyword` do not. */
const secretive = /passw|secret|token|(adgangs|pin)_?kode|kodeord|nøgle|key$/i;

/** The part that an error page shows. It can be sent again if Microbizz could not be asked: nothing was done with it then. */
export function keepForm({ typed, pass, action }: SentForm, error: unknown): KeptForm {
  const names = Object.keys(typed);
  const again = error instanceof Refusal && error.code.startsWith('upstream-');
  return {
    fields: names.filter((name) => !secretive.test(name)).map((name) => ({ name, value: typed[name] ?? '' })),
    retry: again ? { action, pass, secrets: names.filter((name) => secretive.test(name)) } : undefined,
  };
}
