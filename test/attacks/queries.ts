import { ask } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { changed, freshAddress, lists, sendEvent, settle } from './stage.ts';

/** What the search of the pages may be asked: SQL, the language of full text search, and nonsense. */
const searches: readonly string[] = [
  `"`,
  `'`,
  `' OR 1=1 --`,
  `") UNION SELECT accesstoken FROM installations --`,
  `*`,
  `a*b* OR NOT`,
  `NEAR(a b, 5)`,
  `text:secret`,
  `^a + b - c`,
  `{a b}: c`,
  `%' ESCAPE '\\`,
  'x'.repeat(10_000),
  '"'.repeat(5000),
  '\u0000',
  '\ud800',
];

/** Parameters of the wrong kind or type. */
const queries: readonly string[] = [
  'text[]=a&text[]=b',
  'text=a&text=b',
  'before=-1',
  'before=1e309',
  'before=1;DROP%20TABLE%20events',
  'before=9999999999999999999999',
  'kind=../../etc/passwd',
  'kind=__proto__/constructor',
  'time=range&from=9999-99-99&to=0000-00-00',
  "time=range&from=2026-01-01'--&to=2026-01-02",
  'time=range&from=0001-01-01&to=9999-12-31',
  'state=nonsense',
  '__proto__[x]=1&constructor=2',
  '%ff%fe=%00',
];

export const queriesSection: Section = {
  name: 'queries',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const owner = await victim.connect(microbizz, '2391', freshAddress());
    const other = await victim.connect(microbizz, '99', freshAddress());
    await sendEvent(owner.url(changed), { id: 1001, text: 'own line' });
    await sendEvent(other.url(changed), { id: 1002, text: 'secret of another' });
    await settle(owner);
    await settle(other);
    const look =
      (query: string): Attack['run'] =>
      async () => {
        const page = await ask(`${owner.page('user/menu')}&${query}`, { from: freshAddress() });
        const { status, text } = page;
        if (![200, 400, 404, 414, 431].includes(status)) return `HTTP ${status} ${text.slice(0, 80)}`;
        if (lists(page, 1002)) return "another tenant's event";
        return /SQLITE|syntax error|no such column|\bat [\w.]+ \(/.exec(text)?.[0];
      };
    return [
      ...searches.map((search, at): Attack => ({
        name: `a search for ${JSON.stringify(search).slice(0, 60)}`,
        ...(at < 3 && { short: true as const }),
        run: look(`text=${encodeURIComponent(search.toWellFormed())}`),
      })),
      ...queries.map((query): Attack => ({ name: query, run: look(query) })),
    ];
  },
};
