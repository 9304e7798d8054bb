import type { Answer } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import type { FakeMicrobizz } from './fake-microbizz.ts';
import { open, readPage, submit } from './page-tools.ts';
import { changed, sendEvent, settle, type Connected, type Victim } from './stage.ts';

const scripts: readonly string[] = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'><svg/onload=alert(1)>",
  '</title><script>alert(1)</script>',
  '<%= it.constructor %>',
  '{{constructor}}',
  'javascript:alert(1)//<script>',
];
const formulas = ['=1+1', '+1+1', '-1+1', '@SUM(1)', '\t=1+1', '\r=1+1'];

export const pages: Section = {
  name: 'pages',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const owner = await victim.connect(microbizz, '2391');
    const other = await victim.connect(microbizz, '99');
    microbizz.sessions.set('second', { contract: '2391', userid: 12 });
    for (const [at, value] of [...scripts, ...formulas].entries()) {
      const object = { id: at + 1, text: value, [value]: value, usertext: value, userid: 11, customertext: value };
      await sendEvent(owner.url(changed), object);
    }
    await settle(owner);
    return [
      ...injections(owner),
      ...framing(victim, owner),
      ...forgeries(victim, owner, other, microbizz),
      ...redirects(victim, owner),
      ...downloads(victim, owner),
    ];
  },
};

function injections(owner: Connected): Attack[] {
  const bad = /<script>alert|<img src=x|<svg\/onload|href="javascript:|alert\(1\)<\/script>/;
  const pagesOf = ['user/menu', 'user/tab', 'invoice/settings'];
  return [
    ...pagesOf.map((path): Attack => ({
      name: `scripts in the content of events, on ${path}`,
      short: true,
      async run() {
        return bad.exec((await open(owner.page(path))).text)?.[0];
      },
    })),
    {
      name: 'scripts in the content of events, on the pages behind the links',
      async run() {
        const { links } = readPage(await open(owner.page('user/menu')), owner.request.returnurl);
        for (const link of links.filter((each) => each.includes('/object'))) {
          const found = bad.exec((await open(link)).text);
          if (found !== null) return `${found[0]} at ${link.slice(0, 60)}`;
        }
        return undefined;
      },
    },
    ...scripts.map((script): Attack => ({
      name: `${script} in a search`,
      async run() {
        return bad.exec((await open(`${owner.page('user/menu')}&text=${encodeURIComponent(script)}`)).text)?.[0];
      },
    })),
    {
      name: 'scripts in a sessiontoken, a key and a solution',
      async run() {
        const script = encodeURIComponent(scripts[1] ?? '');
        const urls = [
          owner.page('user/menu', script),
          `${owner.request.returnurl.slice(0, -3)}${script}`,
          new URL(`/connect?solution=${script}`, owner.request.returnurl).href,
        ];
        for (const url of urls) {
          const found = bad.exec((await open(url)).text);
          if (found !== null) return found[0];
        }
        return undefined;
      },
    },
  ];
}

function framing(victim: Victim, owner: Connected): Attack[] {
  const policyOf = ({ headers }: Answer): string => String(headers['content-security-policy'] ?? '');
  return [
    {
      name: 'a page in the frame of any site',
      short: true,
      async run() {
        const policy = policyOf(await open(owner.page('user/menu')));
        const framers = /frame-ancestors ([^;]*)/.exec(policy)?.[1] ?? 'anybody';
        return /\*|anybody|https?:$/.test(framers) ? framers : undefined;
      },
    },
    {
      name: '/connect and /return in a frame',
      async run() {
        for (const url of [`${victim.url}/connect`, owner.request.returnurl]) {
          const policy = policyOf(await open(url));
          if (!policy.includes("frame-ancestors 'none'")) return `${url.slice(0, 40)}: ${policy}`;
        }
        return undefined;
      },
    },
    {
      name: 'scripts without the nonce of the page',
      async run() {
        const policy = policyOf(await open(owner.page('user/menu')));
        return (
          /unsafe|script-src[^;]*(\*|https?:|'self')/.exec(policy)?.[0] ?? (policy === '' ? 'no policy' : undefined)
        );
      },
    },
    {
      name: 'the nonce comes twice',
      async run() {
        const one = /nonce-([^']+)/.exec(policyOf(await open(owner.page('user/menu'))))?.[1];
        const two = /nonce-([^']+)/.exec(policyOf(await open(owner.page('user/menu'))))?.[1];
        return one === two ? String(one) : undefined;
      },
    },
    {
      name: 'an answer without nosniff',
      async run() {
        const health = `${victim.url}/health/live`;
        for (const url of [owner.page('user/menu'), owner.url(changed), owner.request.negotiateurl, health]) {
          const { headers } = await open(url);
          if (headers['x-content-type-options'] !== 'nosniff')
            return url.slice(victim.url.length, victim.url.length + 20);
        }
        return undefined;
      },
    },
    {
      name: 'an answer that others may read (CORS), or with a cookie',
      async run() {
        for (const url of [owner.page('user/menu'), owner.url(changed), `${victim.url}/connect`]) {
          const { headers } = await open(url, { origin: 'https://evil.example' });
          if (headers['access-control-allow-origin'] !== undefined || headers['set-cookie'] !== undefined) return url;
        }
        return undefined;
      },
    },
    {
      name: 'a page that a proxy or the browser keeps',
      async run() {
        const cache = (await open(owner.page('user/menu'))).headers['cache-control'];
        return cache === 'no-store' ? undefined : String(cache);
      },
    },
  ];
}

/** Forms with the wrong pass: of nobody, of another page, user, tenant or action. */
function forgeries(victim: Victim, owner: Connected, other: Connected, microbizz: FakeMicrobizz): Attack[] {
  const formOf = async (tenant: Connected, name = 'retention', session = tenant.session) => {
    const { forms, links } = readPage(await open(tenant.page('invoice/settings', session)), victim.url);
    const form = forms.get(name);
    if (form === undefined) throw new Error(`the settings have no form ${name}`);
    return { form, links };
  };
  const passes: Readonly<Record<string, () => Promise<string>>> = {
    'no pass': () => Promise.resolve(''),
    'a pass of letters': () => Promise.resolve('A'.repeat(300)),
    'a pass of 1 MB': () => Promise.resolve('A'.repeat(60_000)),
    'the pass of a link': async () => new URL((await formOf(owner)).links[0] ?? '').searchParams.get('pass') ?? '',
    'the pass of another action': async () => (await formOf(owner, 'run-gaps')).form.pass,
    'the pass of another tenant': async () => (await formOf(other)).form.pass,
    'a pass with a flipped bit': async () => {
      const { pass } = (await formOf(owner)).form;
      return `${pass.slice(0, 40)}${pass[40] === 'A' ? 'B' : 'A'}${pass.slice(41)}`;
    },
    'a sessiontoken in its place': () => Promise.resolve(owner.session),
  };
  return [
    ...Object.entries(passes).map(([name, pass], at): Attack => ({
      name: `a form with ${name}`,
      ...(at < 2 && { short: true as const }),
      async run() {
        const { form } = await formOf(owner);
        const { status } = await submit({ ...form, pass: await pass() }, { days: '1' });
        return status < 400 ? `HTTP ${status}` : undefined;
      },
    })),
    {
      name: 'an action by GET, from a link of another site',
      async run() {
        const { form } = await formOf(owner);
        const { status } = await open(`${form.action}?pass=${form.pass}&days=1`);
        return status < 400 ? `HTTP ${status}` : undefined;
      },
    },
    {
      name: 'a pass after the session has ended in Microbizz, and another user in its place',
      async run() {
        const { form } = await formOf(owner, 'retention', 'second');
        const session = microbizz.sessions.get('second');
        microbizz.sessions.delete('second');
        // A session that was found valid just now counts for SESSION_RECHECK_SECONDS: an opened page finds out at once.
        const page = await open(owner.page('invoice/settings', 'second'));
        const { status } = await submit(form, { days: '30' });
        if (session !== undefined) microbizz.sessions.set('second', session);
        if (page.status === 200) return 'the page opens';
        return status < 400 ? `the form: HTTP ${status}` : undefined;
      },
    },
    {
      name: "the page of one tenant with another's session",
      short: true,
      async run() {
        const { status } = await open(owner.page('user/menu', other.session));
        return status === 200 ? 'HTTP 200' : undefined;
      },
    },
  ];
}

function redirects(victim: Victim, owner: Connected): Attack[] {
  const targets = [
    `${owner.page('user/menu')}&go=//evil.example`,
    `${victim.url}/connect?solution=https://evil.example`,
    `${victim.url}/connect?solution=https://x.microbizz.dk@evil.example`,
    `${victim.url}//evil.example/%2e%2e`,
    `${owner.request.returnurl}?returnurl=https://evil.example`,
  ];
  return targets.map((url, at) => ({
    name: `${url.slice(victim.url.length).replaceAll(/[\w-]{30,}/g, 'KEY')} leads elsewhere`,
    ...(at === 1 && { short: true as const }),
    async run() {
      const { status, headers, text } = await open(url);
      if (headers.location?.includes('evil.example') === true) return headers.location;
      return status === 200 && /action="[^"]*evil\.example/.test(text) ? 'its form does' : undefined;
    },
  }));
}

function downloads(victim: Victim, owner: Connected): Attack[] {
  const get = async (kind: string): Promise<Answer> => {
    const { links } = readPage(await open(owner.page('user/menu')), victim.url);
    return open(links.find((link) => link.includes(`/user/menu/${kind}`)) ?? victim.url);
  };
  return [
    ...['csv', 'json'].map((kind): Attack => ({
      name: `the ${kind} export is shown in place of being saved`,
      async run() {
        const { status, headers } = await get(kind);
        if (status !== 200) return `HTTP ${status}`;
        const saved = String(headers['content-disposition']).startsWith('attachment');
        return saved && headers['x-content-type-options'] === 'nosniff' ? undefined : JSON.stringify(headers);
      },
    })),
    ...formulas.map((formula): Attack => ({
      name: `a cell of the export that begins with ${JSON.stringify(formula)}`,
      async run() {
        const { text } = await get('csv');
        const cells = text.split(/[;,\n]/).map((cell) => cell.replace(/^"/, ''));
        return cells.find((cell) => cell.startsWith(formula));
      },
    })),
  ];
}
