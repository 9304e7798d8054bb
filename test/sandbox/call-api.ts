import type { Sandbox } from '../../src/tools/sandbox/start-sandbox.ts';
import { openSandbox, startFakeApp, type FakeApp } from './fake-app.ts';

export type Result = Record<string, unknown> & { status: number; msg?: string };

export interface ConnectedSandbox {
  readonly sandbox: Sandbox;
  readonly app: FakeApp;
  /** One envelope, as it answers. */
  send(commands: readonly object[], extra?: object): Promise<Record<string, unknown> & { results: Result[] }>;
  /** One command's result. */
  run(command: string, input?: object, extra?: object): Promise<Result>;
}

/** A sandbox with a connected app that asked for every event, and its API by hand: no client of ours is involved. */
export async function openApi(options: Parameters<typeof openSandbox>[0] = {}): Promise<ConnectedSandbox> {
  const [sandbox, app] = [await openSandbox(options), await startFakeApp()];
  const events = [
    ['invoice', 'event_invoice_line_change'],
    ['customer', 'event_customer_change'],
    ['todo', 'event_todo_change'],
    ['general', 'event_file_create'],
    ['general', 'event_file_change'],
    ['general', 'event_note_create'],
  ];
  const hooks = events.map(([modcode, hook]) => ({ modcode, hook, title: 'x', url: `${app.origin}/${String(hook)}` }));
  await sandbox.accept(app.request({ hooks }));
  app.received.length = 0;
  const accesstoken = sandbox.connections.at(-1)?.accesstoken;

  async function send(commands: readonly object[], extra?: object): ReturnType<ConnectedSandbox['send']> {
    const envelope = { contract: 2391, accesstoken, commands, ...extra };
    const body = new URLSearchParams({ json: JSON.stringify(envelope) });
    const response = await fetch(sandbox.endpoint, { method: 'POST', body });
    return (await response.json()) as Awaited<ReturnType<ConnectedSandbox['send']>>;
  }

  async function run(command: string, input?: object, extra?: object): Promise<Result> {
    const { results } = await send([{ command, ...input }], extra);
    const [result] = results;
    if (result === undefined) throw new Error(`${command}: no result`);
    return result;
  }

  return { sandbox, app, send, run };
}
