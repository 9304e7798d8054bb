import { Agent, request } from 'undici';

/** What a sender knows of an event that it sent. Unanswered: the connection broke, and the event may or may not be stored. */
export type Fate = 'acknowledged' | 'refused' | 'unanswered';

export interface Sent {
  readonly lane: string;
  readonly sequence: number;
  fate: Fate;
}

export interface SendersOptions {
  /** By `modcode/hook`. */
  readonly urls: ReadonlyMap<string, string>;
  readonly senders: number;
  /** Objects as PHP's bracket fields, with random nested ones beside them, instead of JSON. */
  readonly brackets?: boolean;
  /** Objects of each sender: an object's events come from one sender, one after the other. */
  readonly objects?: number;
  /** Which of several servers an event goes to: its own address when left out. */
  readonly addressOf?: (url: string) => string;
  /** Resolves when it is worth trying again after a connection broke. */
  readonly whenUp: () => Promise<unknown>;
}

export interface Senders {
  /** Every event sent so far. */
  readonly sent: readonly Sent[];
  /** Answers that were neither an acknowledgment nor a refusal in the structure `{status, error}`. */
  readonly strange: readonly string[];
  /** How often a connection broke, by the code of the error: refused at once, or closed before the answer. */
  readonly breaks: Readonly<Record<string, number>>;
  acknowledged(): number;
  /** Resolves when the requests under way have ended. May be called again. */
  stop(): Promise<void>;
}

const filler = 'Kørsel – zone 2, målerskab, '.repeat(12);

/**
 * Sends events as fast as answers come, each sender over a connection of its own, every other one with a new connection for each event,
 * as PHP does. The next event of an object is sent only after the answer to, or the failure of, the one before.
 */
export function startSenders({
  urls,
  senders,
  objects = 6,
  brackets = false,
  addressOf,
  whenUp,
}: SendersOptions): Senders {
  const paths = [...urls.keys()];
  const agent = new Agent({ connections: senders, pipelining: 1, headersTimeout: 20_000, bodyTimeout: 20_000 });
  const sent: Sent[] = [];
  const strange: string[] = [];
  const breaks: Record<string, number> = {};
  let acknowledged = 0;
  let stopped = false;
  const goesOn = (): boolean => !stopped;

  async function post(url: string, body: string, reset: boolean): Promise<Fate> {
    try {
      const answer = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body,
        reset,
        dispatcher: agent,
      });
      const text = await answer.body.text();
      if (answer.statusCode === 200 && text === '{"status":true,"error":""}') return 'acknowledged';
      if (!isRefusal(text)) strange.push(`${answer.statusCode} ${text}`);
      return 'refused';
    } catch (error) {
      const code = String((error as NodeJS.ErrnoException).code);
      breaks[code] = (breaks[code] ?? 0) + 1;
      return 'unanswered';
    }
  }

  async function send(sender: number): Promise<void> {
    const sequences = new Map<string, number>();
    while (goesOn()) {
      const path = pick(paths);
      const id = sender * 1000 + Math.floor(Math.random() * objects);
      const lane = `${path.split('/')[0] ?? ''}#${id}`;
      const sequence = (sequences.get(lane) ?? 0) + 1;
      sequences.set(lane, sequence);
      const one: Sent = { lane, sequence, fate: 'unanswered' };
      sent.push(one);
      const body = new URLSearchParams(
        brackets ? inBrackets(id, sequence) : { object: JSON.stringify({ id, sequence, text: filler }) },
      ).toString();
      // What got no answer is sent once more, or left, by chance: a sender may do either.
      for (let again = true; again;) {
        const url = urls.get(path) ?? '';
        one.fate = await post(addressOf?.(url) ?? url, body, sender % 2 === 0);
        again = one.fate === 'unanswered' && Math.random() < 0.5 && goesOn();
        if (one.fate === 'acknowledged') acknowledged += 1;
        else if (goesOn()) await whenUp();
      }
    }
  }

  const working = Array.from({ length: senders }, (_, sender) => send(sender + 1));
  return {
    sent,
    strange,
    breaks,
    acknowledged: () => acknowledged,
    async stop() {
      stopped = true;
      await Promise.allSettled(working);
      if (!agent.closed) await agent.close();
    },
  };
}

/** `object[id]=…&object[sequence]=…`, among fields of any depth whose brackets PHP reads in its own way. */
function inBrackets(id: number, sequence: number): [string, string][] {
  const some = (most: number): unknown[] => Array.from({ length: Math.floor(Math.random() * most) });
  const name = (): string => pick(['a', 'b c', 'd.e', '', '0', 'f[', '[g', ']', 'æ']);
  const odd = some(8).map((): [string, string] => [
    `object[x]${some(6)
      .map(() => `[${name()}]`)
      .join('')}`,
    filler.slice(0, 40),
  ]);
  return [...odd, ['object[id]', String(id)], ...odd.toReversed(), ['object[sequence]', String(sequence)]];
}

export function isRefusal(text: string): boolean {
  try {
    const answer = JSON.parse(text) as Record<string, unknown>;
    return (
      Object.keys(answer).length === 2 &&
      answer['status'] === false &&
      typeof answer['error'] === 'string' &&
      answer['error'] !== ''
    );
  } catch {
    return false;
  }
}

function pick<T>(from: readonly T[]): T {
  return from[Math.floor(Math.random() * from.length)] as T;
}
