import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { acceptConnection } from './accept-connection.ts';
import { frameOf } from './page-frame.ts';
import { readConnectRequest, type ConnectRequest } from './read-connect-request.ts';
import { readField } from './read-field.ts';
import type { SandboxState } from './sandbox-state.ts';

/** /appconnect/, where an app sends its user's browser. Nothing is kept between the page and the button: the form carries the request. */
export function consentRoutes(app: FastifyInstance, state: SandboxState): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/appconnect/',
    handler: async (request, reply) => {
      const asked = read(request, reply);
      if (asked === undefined) return reply;
      const { connect, text } = asked;
      return reply.view('sandbox/consent', {
        ...frameOf(state, 'Connect an app', '/appconnect/'),
        connect,
        text,
        app: new URL(connect.negotiateurl).host,
        known: state.connections.length > 0,
      });
    },
  });

  app.post('/appconnect/accept', async (request, reply) => {
    const asked = read(request, reply);
    if (asked === undefined) return reply;
    const accepted = await acceptConnection(state, asked.connect);
    if (accepted.ok || state.faults.negotiate === 'skipped') return reply.redirect(accepted.returnurl, 303);
    const shown = { ...accepted, body: accepted.body.slice(0, 1000) };
    return reply
      .code(502)
      .view('sandbox/not-connected', { ...frameOf(state, 'Not connected', '/appconnect/'), accepted: shown });
  });

  // What Microbizz does on refusal is unknown. The browser goes home without a negotiate, so the app must cope with that.
  app.post('/appconnect/refuse', async (request, reply) => {
    const asked = read(request, reply);
    return asked === undefined ? reply : reply.redirect(asked.connect.returnurl, 303);
  });

  function read(request: FastifyRequest, reply: FastifyReply): { connect: ConnectRequest; text: string } | undefined {
    const text = readField(request, 'request');
    const asked = readConnectRequest(text, state.publicid);
    if (asked.ok) return { connect: asked.request, text: text ?? '' };
    const page = {
      ...frameOf(state, 'This request is not right', '/appconnect/'),
      faults: asked.faults,
      text: text ?? '',
    };
    void reply.code(400).view('sandbox/bad-request', page);
    return undefined;
  }
}
