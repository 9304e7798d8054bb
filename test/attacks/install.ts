import { randomBytes } from 'node:crypto';
import { ask, postForm, type Answer } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { changed, freshAddress, isTaken, negotiate, sendEvent, type Connected, type Victim } from './stage.ts';

const keyOf = (url: string): string => url.split('/')[4] ?? '';

/** The keys of an installation and where they stand in its addresses. */
export const install: Section = {
  name: 'install',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const one = await victim.connect(microbizz, '2391');
    const other = await victim.connect(microbizz, '99');
    return [...confuse(victim, one), ...misspell(victim, one, other), ...detour(one), ...reuse(victim, one)];
  },
};

/** Whether an answer gives anything away: a page, an acknowledgment, a hash. */
export function gotIn({ status, text }: Answer): string | undefined {
  if (/^[0-9a-f]{40}$/.test(text)) return 'a hash';
  return status >= 200 && status < 400 ? `HTTP ${status} ${text.slice(0, 60)}` : undefined;
}

function confuse(victim: Victim, { request, session }: Connected): Attack[] {
  const addresses = [request.negotiateurl, request.returnurl, ...request.hooks.map(({ url }) => url)];
  const label = (url: string): string => url.slice(victim.url.length).replace(keyOf(url), 'KEY');
  return addresses.map((own, at) => ({
    name: `the key of ${label(own)} at every other address`,
    ...(at === 0 && { short: true as const }),
    async run() {
      for (const target of addresses.filter((url) => url !== own)) {
        const url = target.replace(keyOf(target), keyOf(own));
        const from = freshAddress();
        const fields = { object: '{"id":1}', endpoint: 'http://127.0.0.1:9/api/endpoint.php', contract: '1' };
        const posted = await postForm(url, { ...fields, accesstoken: 't', challenge: 'c' }, { from });
        const got = gotIn(posted) ?? gotIn(await ask(`${url}?sessiontoken=${session}`, { from }));
        if (got !== undefined) return `${label(target)}: ${got}`;
      }
      return undefined;
    },
  }));
}

function misspell(victim: Victim, one: Connected, other: Connected): Attack[] {
  const url = one.url(changed);
  const key = keyOf(url);
  const [id, mac] = [key.slice(0, 22), key.slice(22)];
  const spellings: Readonly<Record<string, string>> = {
    'in capitals': key.toUpperCase(),
    'in small letters': key.toLowerCase(),
    'with "=" behind': `${key}=`,
    'with a blank behind': `${key}%20`,
    'with a line break behind': `${key}%0a`,
    'with NUL behind': `${key}%00`,
    'with one character more': `${key}A`,
    'with one character less': key.slice(0, -1),
    'in the alphabet of plain base64': `${key.replaceAll('-', '+').replaceAll('_', '/')}+`,
    'with the spare bits of its last character set': flipLast(key),
    'encoded twice': `%25${(key.codePointAt(0) ?? 0).toString(16)}${key.slice(1)}`,
    'with a zero-width space': `${key}%E2%80%8B`,
    twice: `${key}${key}`,
    'of its number alone': id,
    'with a MAC of zeros': `${id}${'A'.repeat(22)}`,
    'with a random MAC': `${id}${randomBytes(16).toString('base64url')}`,
    'with the MAC of another of its addresses': `${id}${keyOf(one.request.returnurl).slice(22)}`,
    'with the MAC of another tenant': `${id}${keyOf(other.url(changed)).slice(22)}`,
    'with the number of another tenant': `${keyOf(other.url(changed)).slice(0, 22)}${mac}`,
    'all random': randomBytes(33).toString('base64url'),
    empty: '',
    'of 15,000 characters': 'A'.repeat(15_000),
    __proto__: '__proto__',
  };
  return Object.entries(spellings).map(([how, spelled], at) => ({
    name: `an event to a key ${how}`,
    ...(at < 4 && { short: true as const }),
    async run() {
      const answer = await sendEvent(url.replace(key, spelled), { id: 1 }, freshAddress());
      return isTaken(answer) || answer.status >= 500 ? `HTTP ${answer.status} ${answer.text}` : undefined;
    },
  }));
}

function flipLast(key: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return key.slice(0, -1) + (alphabet[alphabet.indexOf(key.at(-1) ?? 'A') ^ 1] ?? 'A');
}

function detour(one: Connected): Attack[] {
  const menu = new URL(one.url('user/menu'));
  const [, room = '', key = ''] = menu.pathname.split('/');
  const event = new URL(one.url(changed));
  const paths: readonly string[] = [
    `/${room}/${key}/user/menu/..%2f..%2fhealth%2fready`,
    `/${room}/${key}/invoice/..%2fuser%2fmenu`,
    `/${room}/${key}/user%2fmenu`,
    `/${room}/${key}/user/menu%00`,
    `/${room}/${key}/user/menu/__proto__`,
    `/${room}/${key}/__proto__/constructor`,
    `/${room}/${key}/user/menu/constructor`,
    `/${room}/${key}/../${key}/user/settings`,
    `/events/${key}/user/menu`,
    event.pathname.replace('/events/', '/interfaces/'),
    `/..%5c..%5cetc%5cpasswd`,
    `/%2e%2e/%2e%2e/etc/passwd`,
    `/data/appconnect.db`,
    `/.env`,
    `/src/main.ts`,
  ];
  return paths.map((path, at) => ({
    name: `GET ${path.replace(key, 'KEY')}`,
    ...(at === 0 && { short: true as const }),
    run: async () => gotIn(await ask(`${menu.origin}${path}?sessiontoken=${one.session}`, { from: freshAddress() })),
  }));
}

function reuse(victim: Victim, one: Connected): Attack[] {
  const good = { endpoint: 'http://127.0.0.1:9/api/endpoint.php', contract: '7', accesstoken: 't' };
  const begun = async (): Promise<{ negotiateurl: string }> => {
    const request = await victim.begin({ from: freshAddress() });
    if (request === undefined) throw new Error('/connect shows no request');
    return request;
  };
  const wrong: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    'no contract': { contract: '' },
    'no accesstoken': { accesstoken: '' },
    'no challenge': { challenge: '' },
    'a challenge of 1,025 characters': { challenge: 'x'.repeat(1025) },
    'an accesstoken of 4,097 characters': { accesstoken: 'x'.repeat(4097) },
    'a contract with a line break': { contract: '23\n91' },
    'a body of 20 kB': { filler: 'x'.repeat(20_000) },
  };
  return [
    {
      name: 'a second hash from a used address',
      short: true,
      run: async () => gotIn(await negotiate(one.request, good, freshAddress())),
    },
    {
      name: 'two hashes at the same moment from one address',
      async run() {
        const request = await begun();
        const both = await Promise.all(['a', 'b', 'c', 'd'].map((c) => negotiate(request, { ...good, challenge: c })));
        const hashes = both.filter(({ text }) => /^[0-9a-f]{40}$/.test(text)).length;
        return hashes > 1 ? `${hashes} hashes` : undefined;
      },
    },
    ...Object.entries(wrong).map(([what, fields]): Attack => ({
      name: `a negotiate with ${what}`,
      run: async () => gotIn(await negotiate(await begun(), { ...good, ...fields }, freshAddress())),
    })),
  ];
}
