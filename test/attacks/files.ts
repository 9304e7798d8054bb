import { execFile } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { nodeEnv } from '../support/node-env.ts';
import { keys } from '../support/start-server.ts';
import { ask } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { changed, freshAddress, sendEvent, type Connected, type Victim } from './stage.ts';

/** What another user of the machine, or a reader of the log, gets. */
export const files: Section = {
  name: 'files',
  async attacks(stage) {
    const cache = stage.folder();
    const victim = await stage.victim({ LOG_LEVEL: 'trace', APP_KEY: '', TMPDIR: cache });
    const microbizz = await stage.microbizz();
    const owner = await victim.connect(microbizz, '2391', freshAddress());
    await sendEvent(owner.url(changed), { id: 1, text: 'a' });
    await ask(owner.page('user/menu'), { from: freshAddress() });
    await ask(owner.page('user/menu', 'forged-session-0815'), { from: freshAddress() });
    return [
      ...modes(victim),
      {
        name: 'a database that others may read stays so',
        async run() {
          const file = join(victim.folder, 'appconnect.db');
          await victim.server.stop('SIGTERM');
          chmodSync(file, 0o644);
          victim.server.start();
          await victim.server.answering();
          return mode(file) === 0o600 ? undefined : mode(file).toString(8);
        },
      },
      {
        name: 'code is kept where others may write: the folder for temporary files',
        run: () => {
          const [found] = readdirSync(cache);
          return Promise.resolve(found);
        },
      },
      ...secrets(victim, owner),
      ...commandLine(victim, owner),
    ];
  },
};

function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

function modes({ folder }: Victim): Attack[] {
  return ['appconnect.db', 'appconnect.db-wal', 'appconnect.db-shm', 'app.key'].map((name, at) => ({
    name: `${name} can be read by others`,
    ...(at === 0 && { short: true as const }),
    run() {
      const file = join(folder, name);
      if (!existsSync(file)) throw new Error(`there is no ${name} in ${readdirSync(folder).join(' ')}`);
      return Promise.resolve((mode(file) & 0o077) === 0 ? undefined : mode(file).toString(8));
    },
  }));
}

function secretsOf({ token, session, request }: Connected): Readonly<Record<string, string>> {
  const keyOf = (url: string): string => url.split('/')[4] ?? '';
  return {
    'the accesstoken': token,
    'a sessiontoken': session,
    'a forged sessiontoken': 'forged-session-0815',
    'the secret key': keys.secretkey,
    'the key of an address': keyOf(request.negotiateurl),
    'the key of a page': keyOf(request.hooks.find(({ hook }) => hook === 'menu')?.url ?? ''),
  };
}

function secrets(victim: Victim, owner: Connected): Attack[] {
  return Object.entries(secretsOf(owner)).map(([name, secret], at): Attack => ({
    name: `${name} in the log, at the level trace`,
    ...(at < 2 && { short: true as const }),
    run: () => Promise.resolve(victim.server.output().includes(secret) ? 'it stands there' : undefined),
  }));
}

function commandLine(victim: Victim, owner: Connected): Attack[] {
  const { settings, root } = victim.server;
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = settings): Promise<string> => {
    const options = { cwd: root, env: { ...nodeEnv(), ...env } };
    const running = promisify(execFile)(process.execPath, ['src/tools/cli/main.ts', ...args], options);
    // Fields may come on standard input: none do.
    running.child.stdin?.end();
    const done = await running.catch((error: unknown) => error as { stdout: string; stderr: string });
    return done.stdout + done.stderr;
  };
  const found = (text: string): string | undefined =>
    Object.entries(secretsOf(owner)).find(([, secret]) => text.includes(secret))?.[0];
  return [
    {
      name: 'a secret in the arguments of the process',
      short: true,
      run: () => {
        const file = `/proc/${victim.server.pid}/cmdline`;
        return Promise.resolve(existsSync(file) ? found(readFileSync(file, 'utf8')) : undefined);
      },
    },
    ...[
      ['tenants'],
      ['tenants', '--json'],
      ['doctor'],
      ['events', 'show', 'evt_1'],
      ['api', 'Echo', '--tenant', '1', '--raw'],
    ].map((args): Attack => ({
      name: `a secret in what \`${args.join(' ')}\` prints`,
      run: async () => found(await run(args)),
    })),
    {
      name: 'a secret in the complaint about wrong settings',
      run: async () => found(await run(['tenants'], { ...settings, PUBLIC_URL: 'x', MICROBIZZ_HOSTS: '' })),
    },
    {
      name: 'signs for the terminal in the content of an event, as the command line shows it',
      async run() {
        await sendEvent(owner.url(changed), { id: 9, text: '\u001b]0;owned\u0007\u001b[2J' }, freshAddress());
        const text = (await run(['events', 'list'])) + (await run(['events', 'show', 'evt_2']));
        return ['\u001b]0;', '\u001b[2J'].some((sign) => text.includes(sign)) ? 'they come raw' : undefined;
      },
    },
    {
      name: 'the database under another key',
      async run() {
        const file = join(victim.folder, 'app.key');
        const key = readFileSync(file, 'utf8');
        await victim.server.stop('SIGTERM');
        writeFileSync(file, 'another key that is long enough for this server');
        const text = await run(['api', 'Echo', '--tenant', '1']);
        writeFileSync(file, key);
        return text.includes('"status":1') ? text : undefined;
      },
    },
  ];
}
