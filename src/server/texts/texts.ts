import { da } from './da.ts';
import { en } from './en.ts';

/** The catalogues by language. A third language is a file beside `en.ts` and a name here; the compiler then asks the app for its texts. */
export const texts = { da, en };
