import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { startRecording, type Recording } from '../support/connect-spawned.ts';
import { makeFolder } from '../support/start-server.ts';
import { waitUntil } from '../support/wait-until.ts';

async function start(): Promise<Recording> {
  const recording = await startRecording(makeFolder());
  onTestFinished(() => recording.server.stop('SIGKILL').then(() => undefined));
  return recording;
}

async function post({ urls }: Recording, object: object): Promise<unknown> {
  const [url = ''] = urls.values();
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams({ object: JSON.stringify(object) }) });
  return answer.json();
}

interface State {
  state: string;
  attempt: number;
  fault: string | null;
}

function stateOf({ database }: Recording, objectId: number): State | undefined {
  const opened = new Database(database, { readonly: true });
  try {
    const sql = 'SELECT state, attempt, fault FROM handlings WHERE object_id = ? ORDER BY event_id DESC LIMIT 1';
    return opened.prepare<[string], State>(sql).get(String(objectId));
  } finally {
    opened.close();
  }
}

/** Lines of the log that say that something got loose. */
function loose({ server }: Recording): Record<string, unknown>[] {
  return server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('got loose'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

test.each([
  ['throws in a timer', 'throw', 'poison: thrown in a timer'],
  ['leaves a promise that rejects', 'reject', 'poison: rejected without await'],
])('a handler that %s fails its own attempt, and the process lives', async (_what, poison, fault) => {
  const recording = await start();

  expect(await post(recording, { id: 1, poison })).toEqual({ status: true, error: '' });
  await waitUntil(() => stateOf(recording, 1)?.fault != null, 'the attempt has failed');
  await post(recording, { id: 2 });
  await waitUntil(() => stateOf(recording, 2)?.state === 'handled', 'another event is handled');

  expect(stateOf(recording, 1)).toMatchObject({ state: 'ready', attempt: 1, fault });
  expect(loose(recording)).toMatchObject([
    { hook: 'invoice/event_invoice_line_change', attempt: 1, err: { message: fault } },
  ]);
  expect((loose(recording)[0]?.['err'] as { stack: string }).stack).toContain('recording-main.ts');
  expect(await recording.server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
});

test.each(['throw-after', 'reject-after'])(
  'what gets loose after a handler has ended is logged by name: %s',
  async (poison) => {
    const recording = await start();

    await post(recording, { id: 1, poison });
    await waitUntil(() => stateOf(recording, 1)?.state === 'handled', 'it is handled');
    await waitUntil(() => loose(recording).length === 1, 'the log names it');
    await post(recording, { id: 2 });
    await waitUntil(() => stateOf(recording, 2)?.state === 'handled', 'another event is handled');

    expect(loose(recording)[0]).toMatchObject({ hook: 'invoice/event_invoice_line_change', event: 1 });
    expect(await recording.server.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  },
);

test('a handler in an endless loop is named in the log with its place, and the process ends within 10 s of a SIGTERM', async () => {
  const recording = await start();
  const { server } = recording;

  await post(recording, { id: 1, poison: 'loop' });
  await waitUntil(() => server.output().includes('the thread that answers is held'), 'the log names it');
  const began = performance.now();
  const exit = await server.stop('SIGTERM');

  process.stdout.write(`SIGTERM while a handler loops: ended after ${Math.round(performance.now() - began)} ms\n`);
  const [line = ''] = server
    .output()
    .split('\n')
    .filter((text) => text.includes('the thread that answers is held'));
  const said = JSON.parse(line) as { hook: string; event: number; at: string[] };
  expect(said).toMatchObject({ hook: 'invoice/event_invoice_line_change', event: 1 });
  expect(said.at[0]).toMatch(/recording-main\.ts:\d+$/);
  expect(exit).toEqual({ code: null, signal: 'SIGKILL' });
});
