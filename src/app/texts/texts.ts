import type { Language } from '../../server/interfaces/define-page.ts';
import { da, type Texts } from './da.ts';
import { en } from './en.ts';

export type { Texts };

/** The catalogues by language: each that the server has. */
export const texts = { da, en } satisfies Record<Language, Texts>;
