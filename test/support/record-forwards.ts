import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Stored } from './check-handled.ts';
import { timeFor } from './torture-time.ts';

export interface ForwardFigures {
  /** Different events that arrived. */
  readonly forwarded: number;
  /** Stored, no duplicate, and never arrived. */
  readonly unforwarded: number;
  /** Arrived once more. */
  readonly forwardedAgain: number;
  /** Arrived after a later one of its lane. */
  readonly forwardsDisordered: number;
  readonly badSignatures: number;
}

export interface ForwardReceiver {
  readonly url: string;
  /** Signs the messages: to be given to the forward. */
  readonly secret: string;
  judge(stored: readonly Stored[]): ForwardFigures;
  close(): Promise<void>;
}

interface Message {
  readonly data: { readonly modcode: string; readonly object: { readonly id: unknown; readonly sequence: unknown } };
}

/** A tenant's own system: takes every message, and notes what is wrong with it. */
export async function startForwardReceiver(): Promise<ForwardReceiver> {
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const webhook = new Webhook(secret);
  const seen = new Set<string>();
  const latest = new Map<string, number>();
  let again = 0;
  let disordered = 0;
  let bad = 0;

  /** Answers how long it takes. */
  function note(headers: Record<string, string>, body: string): number {
    const { 'webhook-id': event = '', 'webhook-timestamp': time, 'webhook-signature': signature } = headers;
    // Not `verify`, which refuses what is older than five minutes: torture sets the server's clock.
    if (webhook.sign(event, new Date(Number(time) * 1000), body) !== signature) {
      bad += 1;
      return 0;
    }
    const { modcode, object } = (JSON.parse(body) as Message).data;
    const lane = `${modcode}#${String(object.id)}`;
    const sequence = Number(object.sequence);
    const before = latest.get(lane) ?? 0;
    if (seen.has(event)) again += 1;
    // The latest one may come again: at least once. What is not the latest is out of order, whether it came before or not.
    if (sequence < before || (sequence === before && !seen.has(event))) disordered += 1;
    latest.set(lane, Math.max(before, sequence));
    seen.add(event);
    return timeFor(object);
  }

  const server = createServer((request, response) => {
    void read(request).then(
      (body) => {
        setTimeout(() => response.end(), note(request.headers as Record<string, string>, body));
      },
      // Its sender was killed while it sent.
      () => undefined,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/hook`,
    secret,
    judge: (stored) => ({
      forwarded: seen.size,
      unforwarded: stored.filter(({ event, duplicate }) => !duplicate && !seen.has(event)).length,
      forwardedAgain: again,
      forwardsDisordered: disordered,
      badSignatures: bad,
    }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}
