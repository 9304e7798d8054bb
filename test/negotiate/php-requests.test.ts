import { expect, test } from 'vitest';
import { phpRequest, sendRaw } from '../http/send-raw.ts';
import { openConnection, startServer } from '../support/start-server.ts';
import { proofOf } from './post-negotiate.ts';

test.each(['curl-multipart-negotiate', 'curl-urlencoded-negotiate', 'stream-urlencoded-negotiate'])(
  'answers a negotiate as PHP sends it: %s',
  async (name) => {
    const server = await startServer();
    const { negotiateurl } = await openConnection(server);
    const answer = await sendRaw(server.url, phpRequest(name, negotiateurl));
    expect(answer).toMatchObject({ status: 200, body: proofOf('c4e7d1a05b') });
    expect(answer.head).toMatch(/\r\ncontent-type: text\/plain(;|\r)/);
  },
);
