import { setTimeout } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { encodePhpJson } from './encode-php-json.ts';
import type { JsonSet } from './json-set.ts';
import type { SandboxState } from './sandbox-state.ts';

const errorPage =
  '<html><body><h1>Microbizz is being updated</h1><p>Please try again in a few minutes.</p></body></html>';

/** Sends the answer, or breaks it as the switch `api` says. Faults inside the JSON are not made here: see answer-envelope, run-command. */
export async function sendOrBreak(state: SandboxState, answer: JsonSet, reply: FastifyReply): Promise<FastifyReply> {
  switch (state.faults.api) {
    case 'down':
      reply.hijack();
      reply.raw.destroy();
      return reply;
    case 'html':
      return reply.type('text/html').send(errorPage);
    case 'http-500':
      return reply.code(500).type('text/html').send(errorPage);
    case 'redirect':
      return reply.redirect('/', 302);
    case 'huge':
      // The true answer with 1.5 MiB more: who sets no limit believes it, since unknown fields are to be ignored.
      return sendJson(reply, { ...answer, filler: 'æ'.repeat(262_144) });
    case 'slow':
      await setTimeout(state.faults.slowMs, undefined, { signal: state.closing }).catch(() => undefined);
      break;
    default:
  }
  return sendJson(reply, answer);
}

function sendJson(reply: FastifyReply, answer: JsonSet): FastifyReply {
  return reply.type('application/json').send(encodePhpJson(answer));
}
