import { startSandbox } from './start-sandbox.ts';

/** `npm run sandbox`: a Microbizz alone, for a server of your own. */
const publicid = process.env['MICROBIZZ_PUBLICID'] ?? 'sandbox-publicid';
const secretkey = process.env['MICROBIZZ_SECRETKEY'] ?? 'sandbox-secretkey';
const port = Number(process.env['SANDBOX_PORT'] ?? 4000);

const sandbox = await startSandbox({ port, publicid, secretkey }).catch((error: unknown) => {
  process.stderr.write(
    `The sandbox cannot start: ${error instanceof Error ? error.message : String(error)}. SANDBOX_PORT chooses a port.\n`,
  );
  process.exit(1);
});
// A key of yours is yours: only the throw-away ones are printed.
const shown = secretkey === 'sandbox-secretkey' ? secretkey : '(as set)';
process.stdout.write(`
A sandbox Microbizz is running at ${sandbox.url} (contract ${sandbox.contract}).

Start your server with these settings in its .env:

  MICROBIZZ_URL=${sandbox.url}
  MICROBIZZ_HOSTS=127.0.0.1
  MICROBIZZ_PUBLICID=${publicid}
  MICROBIZZ_SECRETKEY=${shown}
  GO_URL=${sandbox.goUrl}
  GO_ACCESS_TOKEN=${sandbox.goToken}

Then connect: open the link that this prints, as often as you start the sandbox anew:

  npm run --silent appconnect -- invite --host ${new URL(sandbox.url).host} --contract ${sandbox.contract}

A server that is not ours sends its user's browser to ${sandbox.url}/appconnect/ with the field "request".
Stop with Ctrl-C.
`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void sandbox.close();
  });
}
