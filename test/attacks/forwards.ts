import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ask } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { open, readPage, submit, type Form } from './page-tools.ts';
import { changed, freshAddress, isTaken, sendEvent, type Connected, type Stage, type Victim } from './stage.ts';

/** Addresses inside the network or the machine, and what only looks as if it were outside. None is in FORWARD_PRIVATE_HOSTS. */
const inside: readonly string[] = [
  'http://example.com/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://127.0.0.1./',
  'https://localhost/',
  'https://localhost./',
  'https://LOCALHOST/',
  'https://a.localhost/',
  'https://0.0.0.0/',
  'https://0/',
  'https://[::]/',
  'https://[::1]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fe80::1]/',
  'https://[fd00::1]/',
  'https://10.0.0.1/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://100.64.0.1/',
  'https://169.254.169.254/latest/meta-data/',
  'https://198.18.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://user:password@example.com/',
  'https://127.0.0.1@example.com/',
  'https://１２７.０.０.１/',
  'https://127。0。0。1/',
  'ftp://example.com/',
  'file:///etc/passwd',
  'gopher://example.com/',
  'javascript:alert(1)',
  '//example.com/',
  'https://',
  '',
];

export const forwards: Section = {
  name: 'forwards',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const owner = await victim.connect(microbizz, '2391');
    const spellings = inside.map((url, at): Attack => ({
      name: `a receiver at ${url === '' ? 'nothing' : url}`,
      ...(at > 0 && at < 4 && { short: true as const }),
      async run() {
        const { status } = await submit(await formOf(victim, owner, 'add'), { url });
        return status < 400 ? `HTTP ${status}` : undefined;
      },
    }));
    return [...spellings, ...(await receivers(stage))];
  },
};

async function formOf(victim: Victim, tenant: Connected, name: string): Promise<Form> {
  const form = readPage(await open(tenant.page('invoice/settings')), victim.url).forms.get(name);
  if (form === undefined) throw new Error(`the settings have no form ${name}`);
  return form;
}

async function listen(stage: Stage, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stage.onEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Receivers that answer as none should, with 127.0.0.1 allowed as one of the operator's own. */
async function receivers(stage: Stage): Promise<Attack[]> {
  const victim = await stage.victim({ FORWARD_PRIVATE_HOSTS: '127.0.0.1' });
  const microbizz = await stage.microbizz();
  const owner = await victim.connect(microbizz, '2391');
  const other = await victim.connect(microbizz, '99');
  let redirected = 0;
  const target = await listen(stage, (_request, response) => {
    redirected += 1;
    response.end();
  });

  /** Adds a receiver and presses its button "test"; what the page says. */
  async function test(listener: RequestListener): Promise<string> {
    const url = await listen(stage, listener);
    await submit(await formOf(victim, owner, 'add'), { url });
    const page = await open(owner.page('invoice/settings'));
    const id =
      page.text
        .slice(0, page.text.indexOf(`>${url}<`))
        .match(/forward-(\d+)/g)
        ?.at(-1)
        ?.slice(8) ?? '1';
    const answer = await submit(await formOf(victim, owner, 'test'), { id });
    await removeAll(victim, owner);
    return answer.text;
  }
  const answersMeanwhile = async (run: () => Promise<unknown>): Promise<string | undefined> => {
    const running = run();
    const { status } = await ask(`${victim.url}/health/live`, { timeout: 3000 });
    await running;
    if (!victim.alive()) return 'the server has ended';
    return status === 200 ? undefined : `/health/live: HTTP ${status}`;
  };

  return [
    {
      name: 'a receiver that leads on to another address',
      async run() {
        await test((_request, response) => response.writeHead(307, { location: target }).end());
        return redirected > 0 ? 'the event was sent there' : undefined;
      },
    },
    {
      name: 'a receiver whose answer does not end',
      run: () =>
        answersMeanwhile(() =>
          test((_request, response) => {
            const more = (): void => {
              while (response.write('x'.repeat(65_536)) && !response.destroyed);
            };
            response.on('drain', more);
            more();
          }),
        ),
    },
    {
      name: 'a receiver whose answer drips',
      run: () =>
        answersMeanwhile(() =>
          test((_request, response) => {
            response.writeHead(200);
            const timer = setInterval(() => response.write('x'), 200);
            response.on('close', () => {
              clearInterval(timer);
            });
          }),
        ),
    },
    {
      name: 'scripts in the answer of a receiver, on the page',
      async run() {
        const text = await test((_request, response) => response.end('<script>alert(1)</script>'));
        return text.includes('<script>alert(1)') ? 'they stand there' : undefined;
      },
    },
    ...['test', 'pause', 'rotate', 'remove'].map((action): Attack => ({
      name: `another tenant's receiver, by its number: ${action}`,
      async run() {
        await submit(await formOf(victim, owner, 'add'), { url: target });
        await submit(await formOf(victim, other, 'add'), { url: target });
        const form = await findForm(victim, owner, action);
        const before = await open(other.page('invoice/settings'));
        const id = /forward-(\d+)/.exec(before.text)?.[1] ?? '';
        const { status } = await submit(form, { id });
        const after = await open(other.page('invoice/settings'));
        if (/forward-(\d+)/.exec(after.text)?.[1] !== id) return 'it is gone';
        return status < 400 ? `HTTP ${status}` : undefined;
      },
    })),
    {
      name: '60 receivers of one tenant',
      async run() {
        let added = 0;
        for (let at = 0; at < 60; at += 1) {
          const { status } = await submit(await formOf(victim, owner, 'add'), { url: `${target}${at}` });
          if (status < 400) added += 1;
        }
        const answer = await sendEvent(owner.url(changed), { id: 1 }, freshAddress());
        if (!isTaken(answer)) return `the next event: HTTP ${answer.status}`;
        return added > 20 ? `${added} receivers` : undefined;
      },
    },
  ];
}

/** `remove` stands on a page of its own, behind a link. */
async function findForm(victim: Victim, tenant: Connected, action: string): Promise<Form> {
  if (action !== 'remove') return formOf(victim, tenant, action);
  const { links } = readPage(await open(tenant.page('invoice/settings')), victim.url);
  const link = links.find((each) => each.includes('/confirm-remove')) ?? '';
  const form = readPage(await open(link), victim.url).forms.get('remove');
  if (form === undefined) throw new Error('no form to remove a receiver');
  return form;
}

async function removeAll(victim: Victim, tenant: Connected): Promise<void> {
  for (;;) {
    const page = await open(tenant.page('invoice/settings'));
    const id = /forward-(\d+)/.exec(page.text)?.[1];
    if (id === undefined) return;
    const { status } = await submit(await findForm(victim, tenant, 'remove'), { id });
    if (status >= 400) throw new Error(`a receiver could not be removed: HTTP ${status}`);
  }
}
