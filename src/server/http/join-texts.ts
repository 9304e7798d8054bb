import { texts } from '../texts/texts.ts';
import { languages, type Language } from './language.ts';

/** The texts that views have as `it.t`: the server's, and the app's beside them. */
export function joinTexts(own: Readonly<Record<Language, object>> | undefined): Record<Language, object> {
  const joined = languages.map(({ code }) => [code, { ...texts[code], ...own?.[code] }]);
  return Object.fromEntries(joined) as Record<Language, object>;
}
