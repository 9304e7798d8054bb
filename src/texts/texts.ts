import { da } from './da.ts';
import { en } from './en.ts';

export type { Texts } from './da.ts';

/** The catalogues by language. A third language is a file beside `en.ts` and a name here. */
export const texts = { da, en };
