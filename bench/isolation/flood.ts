import { startFlood } from '../../test/support/flood.ts';

/** A process of its own: one tenant that sends as fast as answers come, until it is ended. */
startFlood({ url: process.argv[2] ?? '', clients: 64, ahead: 4 });
