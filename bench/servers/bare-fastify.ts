import formbody from '@fastify/formbody';
import multipart from '@fastify/multipart';
import Fastify from 'fastify';

/** (a) What Fastify costs alone: it reads the form with its own plugins, answers a constant and stores nothing. */
const [port, form] = process.argv.slice(2);
const app = Fastify({ logger: false });
if (form === 'multipart') await app.register(multipart, { attachFieldsToBody: true });
else await app.register(formbody);

const yes = '{"status":true,"error":""}';
app.post('/events/:key/:modcode/:hook', (_request, reply) => {
  void reply.type('application/json; charset=utf-8').send(yes);
});
await app.listen({ host: '127.0.0.1', port: Number(port) });
