import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';

/**
 * An endpoint that carries every command of an envelope out at once, and answers after so many milliseconds. Every sessiontoken is a
 * user's, and no invoice line was changed.
 */
const [port, latency] = process.argv.slice(2).map(Number);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.once('end', () => {
    const json = new URLSearchParams(Buffer.concat(chunks).toString()).get('json') ?? '{"commands":[]}';
    const { commands } = JSON.parse(json) as { commands: { customerid?: number }[] };
    const results = commands.map(({ customerid = 0 }) => ({
      status: 1,
      userid: 11,
      invoicelines: [],
      customers: [{ id: customerid, customernumber: `K-${customerid}`, name: 'Bryggergården A/S', isblocked: 0 }],
    }));
    const answer = JSON.stringify({ status: 1, msg: 'OK', results, date: '2026-11-22', time: '04:00:00' });
    const send = (): void => {
      response.setHeader('content-type', 'application/json').end(answer);
    };
    if (latency === undefined || latency === 0) send();
    else void setTimeout(latency).then(send);
  });
});
server.listen(port, '127.0.0.1');
