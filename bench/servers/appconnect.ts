import closeWithGrace from 'close-with-grace';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { App } from '../../src/hooks/hooks.ts';
import { app as shipped } from '../../src/hooks/hooks.ts';
import { openServices } from '../../src/services.ts';

/**
 * (b) This server as src/main.ts composes it, with one difference: its event hooks have a handler. Without one an event is handled by
 * being stored, and a lane would never be claimed and finished.
 */
let read = 0;
const app: App = {
  ...shipped,
  events: shipped.events.map((hook) => ({
    ...hook,
    handle: ({ object }) => {
      read += Number(object['count']);
      return Promise.resolve(undefined);
    },
  })),
};

const config = readConfig(process.env);
const services = openServices(config, app);
const server = await buildApp(services);
services.work(server.log);

closeWithGrace({ delay: 9000, logger: false }, async () => {
  server.log.debug({ read }, 'counts of the objects read');
  await server.close();
  await services.close();
});

await server.listen({ host: config.HOST, port: config.PORT });
