import { openViews } from '../../src/server/http/views.ts';
import { buildLinks } from '../../src/server/interfaces/build-look.ts';
import { languages } from '../../src/server/http/language.ts';
import { texts as ownTexts } from '../../src/app/texts/texts.ts';
import { texts } from '../../src/server/texts/texts.ts';

const eta = openViews();
const actions = new Set(['add', 'test', 'pause', 'resume', 'rotate', 'remove', 'replay', 'retention', 'run-gaps']);

/** A view as a reader gets it, without a server around it. */
export function renderPage(view: string, data: object, language: 'da' | 'en' = 'en'): string {
  const links = buildLinks({
    base: '/interfaces/key/user/menu',
    isAction: (name) => actions.has(name),
    isPage: () => true,
    seal: () => 'pass',
  });
  const look = {
    t: { ...texts[language], ...ownTexts[language] },
    languages,
    language,
    nonce: 'nonce',
    here: { page: '', query: {} },
  };
  return eta.render(`./${view}`, { faults: {}, typed: {}, ...look, ...links, ...data });
}
