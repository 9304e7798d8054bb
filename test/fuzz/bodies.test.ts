import Database from 'better-sqlite3';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { defineEvent } from '../../src/server/events/define-event.ts';
import { app } from '../../src/app/app.ts';
import { isRefusal } from '../support/send-events.ts';
import { hookUrl, startStory, type TestServer } from '../support/start-server.ts';
import { waitUntil } from '../support/wait-until.ts';
import { post, type Post } from './arbitrary-body.ts';

/** `FUZZ_RUNS=100000 npm test -- test/fuzz` for the long form. */
const runs = Number(process.env['FUZZ_RUNS'] ?? 3000);
/** Bodies that are sent at once. */
const together = 10;
/** Milliseconds that any answer may take, on a machine that is busy with other things. The largest bodies take some 20. */
const patience = 5000;
const yes = '{"status":true,"error":""}';

/** Hooks with a variable that must be JSON, with one that may be anything, and one that Microbizz does not document. */
const paths = ['invoice/event_invoice_line_change', 'general/event_note_change', 'somewhere/event_unheard_of'];

function countRows(server: TestServer, where: string): number {
  const database = new Database(server.services.config.DATABASE_URL, { readonly: true });
  const count = Number(database.prepare(`SELECT count(*) FROM ${where}`).pluck().get());
  database.close();
  return count;
}

test(
  `${runs} generated bodies: never anything but the structure, all of them kept, and the worker goes through them all`,
  { timeout: Math.max(60_000, runs * 10) },
  async () => {
    let handled = 0;
    const handle = ({ object, previous }: { object: object; previous: object | undefined }): Promise<undefined> => {
      handled += Object.keys(object).length + Object.keys(previous ?? {}).length >= 0 ? 1 : 0;
      return Promise.resolve(undefined);
    };
    const events = paths.map((path) => {
      const [modcode = '', hook = ''] = path.split('/');
      return defineEvent({ modcode, hook, title: path, handle });
    });
    const { server, request, sandbox } = await startStory({
      app: { ...app, events },
      settings: { LOG_LEVEL: 'error' },
    });
    const routes = paths.map((path) => new URL(hookUrl(request, path)).pathname);
    const answers = { taken: 0, refused: 0, 'too large': 0, slowest: 0 };

    async function send(url: string, { type, body }: Post): Promise<void> {
      const headers = type === undefined ? {} : { 'content-type': type };
      const began = performance.now();
      const answer = await server.server.inject({ method: 'POST', url, headers, payload: body });
      answers.slowest = Math.max(answers.slowest, Math.round(performance.now() - began));
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      if (answer.body === yes) answers.taken += 1;
      else {
        expect(isRefusal(answer.body), answer.body).toBe(true);
        answers[answer.statusCode === 413 ? 'too large' : 'refused'] += 1;
      }
      expect([200, 413, 415]).toContain(answer.statusCode);
    }

    // Together, as they come: they share commits, and so the disk.
    const bodies = fc.array(fc.tuple(fc.constantFrom(...routes), post), { minLength: together, maxLength: together });
    const property = fc.asyncProperty(bodies, async (all) => {
      await Promise.all(all.map(([url, body]) => send(url, body)));
    });
    await fc.assert(property, { numRuns: runs / together, timeout: patience });

    const inbox = server.services.store.inbox;
    const began = performance.now();
    const open = "handlings WHERE state IN ('ready', 'queued', 'held')";
    const failed = "handlings WHERE state = 'dead' OR attempt > 1 OR fault IS NOT NULL";
    // Events without an id share one lane a hook, one at a time: what is left over after so many takes a while.
    const patient = { timeout: 20_000 + runs * 3, interval: 20 };
    await waitUntil(async () => (await inbox.listUnsorted(1)).length === 0, 'all is sorted', patient);
    await waitUntil(() => countRows(server, open) === 0 || countRows(server, failed) > 0, 'all is handled', patient);
    const behind = Math.round(performance.now() - began);
    process.stdout.write(`bodies: ${JSON.stringify({ runs, ...answers, handled, behind })}\n`);
    expect(server.log).toEqual([]);
    expect(countRows(server, 'events WHERE fault IS NULL')).toBe(answers.taken);
    expect(countRows(server, 'events')).toBe(answers.taken + answers.refused + answers['too large']);
    expect(countRows(server, failed)).toBe(0);
    // A generator that yields nothing but refusals, or none, would prove nothing.
    expect(answers.taken).toBeGreaterThan(runs / 5);
    expect(answers.refused).toBeGreaterThan(runs / 5);

    // The page that shows what changed lately stands, whatever is on it.
    const page = await fetch(sandbox.interfaceUrl('user', 'menu', 12));
    expect(page.status, server.log.at(-1)).toBe(200);
  },
);
