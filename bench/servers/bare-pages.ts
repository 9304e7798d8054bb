import { fileURLToPath } from 'node:url';
import fastifyView from '@fastify/view';
import { Eta } from 'eta';
import Fastify from 'fastify';

/** What the pages are compared with: Fastify and eta, a constant table of 50 rows with five cells each, and the style of our pages. */
const root = fileURLToPath(new URL('../../', import.meta.url));
const app = Fastify({ logger: false });
await app.register(fastifyView, {
  engine: { eta: new Eta({ views: root, cache: true, autoTrim: false }) },
  root,
  viewExt: 'eta',
  production: true,
});

const customers = ['Sørensen & Søn ApS', 'Ærø Kommune', 'Boligforeningen "Åparken"', 'Café Idé', "Hansen's VVS A/S"];
const rows = Array.from({ length: 50 }, (_, at) => [
  `Fakturalinje ${100_000 + at}`,
  `${customers[at % customers.length] ?? ''} ${at}`,
  `Pris: ${(685 + at).toFixed(2)} → ${(712 + at).toFixed(2)}`,
  `22. nov. 2026 ${String(at % 24).padStart(2, '0')}.15`,
  at % 7 === 0 ? 'Venter' : 'Færdig',
]);
const heads = ['Objekt', 'Kunde', 'Ændret', 'Hvornår', 'Status'];
app.get('/', (_request, reply) => reply.view('bench/servers/views/table', { pageTitle: 'Ændringer', heads, rows }));
await app.listen({ host: '127.0.0.1', port: Number(process.argv[2]) });
