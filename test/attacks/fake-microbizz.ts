import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Command {
  readonly command?: string;
  readonly text?: string;
  readonly sessiontoken?: string;
}
export interface Envelope {
  readonly contract?: string | number;
  readonly accesstoken?: string;
  readonly commands?: readonly Command[];
}

/** What a Microbizz may do with `json` in the address when there is one in the body too: no public page says. */
export type Reads = 'body first' | 'query first' | 'constant';

/** A Microbizz with several contracts, on an address of its own, that answers as an attack needs it. */
export interface FakeMicrobizz {
  readonly origin: string;
  readonly endpoint: string;
  /** contract → its accesstoken. */
  readonly contracts: Map<string, string>;
  /** sessiontoken → its contract and user. */
  readonly sessions: Map<string, { readonly contract: string; readonly userid: number }>;
  reads: Reads;
  /** In place of the answer, while it is set. */
  answer: ((response: ServerResponse, envelope: Envelope) => void) | undefined;
  /** Envelopes so far. */
  calls: number;
  close(): Promise<void>;
}

export function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

export async function startFakeMicrobizz(): Promise<FakeMicrobizz> {
  const server = createServer((request, response) => {
    void readForm(request).then((body) => {
      const query = new URL(request.url ?? '/', 'http://x').searchParams.get('json');
      const json = fake.reads === 'query first' ? (query ?? body) : (body ?? query);
      const envelope = parse(json);
      fake.calls += 1;
      if (fake.answer !== undefined) fake.answer(response, envelope);
      else if (fake.reads === 'constant') sendJson(response, { status: 1, results: [{ status: 1, userid: 1 }] });
      else sendJson(response, answerEnvelope(envelope));
    });
  });

  function answerEnvelope({ contract, accesstoken, commands = [] }: Envelope): object {
    const token = fake.contracts.get(String(contract));
    if (token === undefined || token !== accesstoken) return { status: 0, msg: 'Invalid accesstoken' };
    return { status: 1, msg: 'OK', results: commands.map((command) => run(String(contract), command)) };
  }

  function run(contract: string, { command, text, sessiontoken = '' }: Command): object {
    if (command === 'Echo') return { status: 1, answer: text };
    if (command !== 'ValidateSessionToken') return { status: 1, resumekey: '' };
    const session = fake.sessions.get(sessiontoken);
    return session?.contract === contract
      ? { status: 1, userid: session.userid }
      : { status: 0, msg: 'Invalid session token' };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fake: FakeMicrobizz = {
    ...{ origin, endpoint: `${origin}/api/endpoint.php`, reads: 'body first', answer: undefined, calls: 0 },
    contracts: new Map(),
    sessions: new Map(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
  return fake;
}

async function readForm(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return new URLSearchParams(Buffer.concat(chunks).toString()).get('json');
}

function parse(text: string | null): Envelope {
  try {
    return (JSON.parse(text ?? '{}') ?? {}) as Envelope;
  } catch {
    return {};
  }
}
