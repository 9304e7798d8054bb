import type { App } from '../../src/server/define-app.ts';
import { app as shipped } from '../../src/app/app.ts';
import { serve } from '../../src/server/serve.ts';

/**
 * (b) This server as src/main.ts starts it, with one difference: its event hooks have a handler. Without one an event is handled by
 * being stored, and a lane would never be claimed and finished.
 */
const counts = { read: 0 };
const app: App = {
  ...shipped,
  events: shipped.events.map((hook) => ({
    ...hook,
    handle: ({ object }) => {
      counts.read += Number(object['count']);
      return Promise.resolve(undefined);
    },
  })),
};

await serve(process.env, app);
