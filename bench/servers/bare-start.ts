import rateLimit from '@fastify/rate-limit';
import fastifyView from '@fastify/view';
import { Eta } from 'eta';
import Fastify from 'fastify';

/** What the start is compared with: Fastify and the plugins that the server registers, and nothing of our own. */
const app = Fastify({ logger: true, disableRequestLogging: true });
await app.register(rateLimit, { global: false });
await app.register(fastifyView, { engine: { eta: new Eta({ cache: true }) } });
app.get('/health/live', () => ({ status: 'ok' }));
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
