import { createServer } from 'node:http';

/** A tenant's own system, to which events are forwarded: takes everything at once, and says how much came. */
let received = 0;
const server = createServer((request, response) => {
  request.resume();
  request.once('end', () => {
    received += 1;
    response.writeHead(204).end();
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('message', () => process.send?.(received));
process.on('disconnect', () => process.exit());
