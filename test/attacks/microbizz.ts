import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { ask } from './ask.ts';
import type { Attack, Section } from './attack.ts';
import { sendJson, type Envelope } from './fake-microbizz.ts';
import { changed, freshAddress, isTaken, negotiate, sendEvent, type Connected, type Victim } from './stage.ts';

type Answer = (response: ServerResponse, envelope: Envelope) => void;

const session =
  (result: unknown): Answer =>
  (response) => {
    sendJson(response, { status: 1, results: [result] });
  };
const whole =
  (value: unknown): Answer =>
  (response) => {
    sendJson(response, value);
  };
const bare =
  (text: string | Uint8Array, headers: Readonly<Record<string, string>> = {}, status = 200): Answer =>
  (response) =>
    response.writeHead(status, headers).end(text);
const good = '{"status":1,"results":[{"status":1,"userid":11}]}';

/** Answers to ValidateSessionToken after which no page may be shown. */
const sessions: Readonly<Record<string, Answer>> = {
  'status 0': session({ status: 0, msg: 'Invalid session token' }),
  'status "0" with a user': session({ status: '0', userid: 11 }),
  'status 2 with a user': session({ status: 2, userid: 11 }),
  'status "OK" with a user': session({ status: 'OK', userid: 11 }),
  'no status with a user': session({ userid: 11 }),
  'status null with a user': session({ status: null, userid: 11 }),
  'a status that is a list': session({ status: [1], userid: 11 }),
  'no user': session({ status: 1 }),
  'an empty user': session({ status: 1, userid: '' }),
  'user 0': session({ status: 1, userid: 0 }),
  'a user below zero': session({ status: 1, userid: -11 }),
  'a user with a fraction': session({ status: 1, userid: 11.5 }),
  'a user that is a list': session({ status: 1, userid: [11] }),
  'a user that is a set': session({ status: 1, userid: { $gt: '' } }),
  'a user that is true': session({ status: 1, userid: true }),
  'a user of 30 digits': bare(`{"status":1,"results":[{"status":1,"userid":${'9'.repeat(30)}}]}`),
  'a user with SQL in it': session({ status: 1, userid: "11' OR 1=1" }),
  'no results': whole({ status: 1 }),
  'empty results': whole({ status: 1, results: [] }),
  'results that are a text': whole({ status: 1, results: good }),
  'a result that is null': whole({ status: 1, results: [null] }),
  'an envelope of status 0 with results': whole({ status: 0, results: [{ status: 1, userid: 11 }] }),
  'an envelope without a status': whole({ results: [{ status: 1, userid: 11 }] }),
  'two results': whole({
    status: 1,
    results: [
      { status: 1, userid: 11 },
      { status: 1, userid: 12 },
    ],
  }),
  'a user in the prototype': bare('{"status":1,"results":[{"status":1,"__proto__":{"userid":11}}]}'),
  'a list': whole([1]),
  null: whole(null),
  nothing: bare(''),
  'an HTML page': bare('<html>login</html>', { 'content-type': 'text/html' }),
  'half of it': bare(good.slice(0, 30)),
  'it twice': bare(good + good),
  'HTTP 500 with a good body': bare(good, {}, 500),
  'HTTP 401 with a good body': bare(good, {}, 401),
  'HTTP 204': bare('', {}, 204),
  'a redirect': bare('', { location: '/api/endpoint.php' }, 302),
  'zipped, unasked': bare(gzipSync(good), { 'content-encoding': 'gzip' }),
  '40 MB': bare(`${good}${' '.repeat(40_000_000)}x`),
  '1,000,000 deep': bare('['.repeat(1_000_000)),
  'a longer Content-Length than there is': bare(good, { 'content-length': '5000' }),
  'a broken connection': (response) => response.destroy(),
  'a dripping answer': (response) => {
    const timer = setInterval(() => response.write(' '), 100);
    response.on('close', () => {
      clearInterval(timer);
    });
  },
};

/** Answers to the call that verifies new credentials, after which nobody may be a tenant. */
const echoes: Readonly<Record<string, Answer>> = {
  'status 1 without an answer': session({ status: 1 }),
  'another text': session({ status: 1, answer: 'appconnect!' }),
  'the text in a list': (response, { commands }) => {
    sendJson(response, { status: 1, results: [{ status: 1, answer: [commands?.[0]?.text] }] });
  },
  'the text beside status 0': (response, { commands }) => {
    sendJson(response, { status: 1, results: [{ status: 0, answer: commands?.[0]?.text }] });
  },
  'the text in another field': (response, { commands }) => {
    sendJson(response, { status: 1, results: [{ status: 1, text: commands?.[0]?.text }] });
  },
  'a user': session({ status: 1, userid: 11 }),
};

export const microbizzSection: Section = {
  name: 'microbizz',
  async attacks(stage) {
    const [victim, microbizz] = [await stage.victim(), await stage.microbizz()];
    const owner = await victim.connect(microbizz, '2391', freshAddress());
    const answering = async (answer: Answer, act: () => Promise<string | undefined>): Promise<string | undefined> => {
      microbizz.answer = answer;
      try {
        return await act();
      } finally {
        microbizz.answer = undefined;
      }
    };
    return [
      ...Object.entries(sessions).map(([name, answer], at): Attack => ({
        name: `a session that is answered with ${name}`,
        ...(at < 5 && { short: true as const }),
        run: () => answering(answer, () => openPage(victim, owner)),
      })),
      ...Object.entries(echoes).map(([name, answer]): Attack => ({
        name: `credentials that are verified with ${name}`,
        run: () => answering(answer, () => becomeTenant(victim, microbizz.endpoint)),
      })),
      {
        name: 'a Microbizz that does not answer keeps events out',
        run: () =>
          answering(
            () => undefined,
            async () => {
              const answer = await sendEvent(owner.url(changed), { id: 3 }, freshAddress());
              return isTaken(answer) ? undefined : `HTTP ${answer.status}`;
            },
          ),
      },
    ];
  },
};

async function openPage(victim: Victim, owner: Connected): Promise<string | undefined> {
  const { status, text } = await ask(owner.page('user/menu'), { from: freshAddress() });
  if (!victim.alive()) return 'the server has ended';
  if (status === 200) return 'the page is shown';
  return status === 500 || status === 0 ? `HTTP ${status} ${text.slice(0, 60)}` : undefined;
}

async function becomeTenant(victim: Victim, endpoint: string): Promise<string | undefined> {
  const from = freshAddress();
  const request = await victim.begin({ from });
  if (request === undefined) throw new Error('/connect shows no request');
  await negotiate(request, { endpoint, contract: String(Math.random()).slice(2), accesstoken: 't' }, from);
  const { text } = await ask(request.returnurl, { from, headers: { 'accept-language': 'en' } });
  return /<h1>Connected/.test(text) ? 'Connected' : undefined;
}
