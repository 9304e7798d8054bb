import { createHash } from 'node:crypto';
import type { FastifyError, FastifyInstance } from 'fastify';
import { refuseAddress } from '../domain/hosts.ts';
import { Secret } from '../domain/secret.ts';
import { Refusal } from '../errors.ts';
import { negotiatePurpose } from '../http/purposes.ts';
import { contentTypeOf, takeRawBodies } from '../http/raw-body.ts';
import { readFields } from '../http/read-fields.ts';
import type { Negotiated } from '../store/store.ts';
import type { NegotiateServices } from './connect-routes.ts';
import { Negotiation } from './negotiation.ts';

interface NegotiateRoute {
  Params: { key: string };
}

/** The limit of a negotiate's body, in bytes. */
const maxBody = 16 * 1024;

const refusals: Record<Exclude<Negotiated, 'stored'>, Refusal> = {
  unknown: new Refusal(
    'unknown-key',
    'No connection was begun with this address, or it was too long ago. Begin again at /connect.',
  ),
  used: new Refusal(
    'already-used',
    'This address was used already: it is good for one connection. Begin again at /connect.',
  ),
  expired: new Refusal('expired', 'This address has expired: it is good for 60 minutes. Begin again at /connect.'),
};

/**
 * `POST /negotiate/:key`. Nothing in it proves that Microbizz sent it, and its answer is an oracle for our secret: so one answer for each
 * installation, only to one who knows its key, and only when the endpoint may be a Microbizz one. A refusal changes nothing.
 */
export function negotiateRoutes(app: FastifyInstance, services: NegotiateServices): void {
  const { keyring, connections, now } = services;
  takeRawBodies(app);

  app.addHook<NegotiateRoute>('onRequest', (request, _reply, done) => {
    done(keyring.open(request.params.key, negotiatePurpose) === undefined ? refusals.unknown : undefined);
  });

  app.post<NegotiateRoute>('/negotiate/:key', {
    bodyLimit: maxBody,
    onResponse: async (request, reply) => {
      const id = keyring.open(request.params.key, negotiatePurpose);
      if (reply.statusCode !== 200 || id === undefined) return;
      await services.activate(id).catch((err: unknown) => {
        request.log.error({ err }, 'connection not proven');
      });
    },
    handler: async (request, reply) => {
      const id = keyring.open(request.params.key, negotiatePurpose) as string;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const read = Negotiation.safeParse(readFields(contentTypeOf(request), body));
      if (!read.success) {
        const faults = read.error.issues.map((issue) => `"${issue.path.join('.')}" ${issue.message}`);
        throw new Refusal('bad-request', `The negotiation cannot be used: ${faults.join('; ')}.`);
      }
      const { endpoint, contract, accesstoken, challenge } = read.data;
      const wrong = refuseAddress(endpoint, services.allowedHosts);
      if (wrong !== undefined) throw new Refusal('bad-request', `The endpoint cannot be used: ${wrong}.`);
      const credentials = { endpoint, contract, accesstoken: new Secret(accesstoken) };
      const negotiated = await connections.negotiate(id, credentials, now());
      if (negotiated !== 'stored') throw refusals[negotiated];
      return reply.type('text/plain').send(
        createHash('sha1')
          .update(challenge + services.secretkey.reveal())
          .digest('hex'),
      );
    },
  });

  app.setErrorHandler<FastifyError, NegotiateRoute>(async (error, request, reply) => {
    const status = error.statusCode ?? 500;
    const message = sentenceOf(error, status);
    if (status >= 500) request.log.error({ err: error }, 'negotiation failed');
    else {
      request.log.warn({ fault: message }, 'negotiation refused');
      await tellPerson(request.params.key, error, message).catch((err: unknown) => {
        request.log.error({ err }, 'fault of a negotiation not kept');
      });
    }
    const limited = await limit(request);
    reply.code(limited?.statusCode ?? status).type('text/plain; charset=utf-8');
    return reply.send(limited?.message ?? message);
  });

  async function limit(request: Parameters<typeof services.limitRefusals>[0]): Promise<Refusal | undefined> {
    return services.limitRefusals(request).then(
      () => undefined,
      (error: unknown) => error as Refusal,
    );
  }

  /** So that the person who comes back is told why. Not for an installation that is used or expired: its own story is over. */
  async function tellPerson(key: string, error: Error, fault: string): Promise<void> {
    const id = keyring.open(key, negotiatePurpose);
    if (id === undefined || Object.values(refusals).some((refusal) => refusal === error)) return;
    const installation = await connections.findInstallation(id);
    if (installation?.credentials === undefined) await connections.noteFault(id, fault);
  }
}

function sentenceOf(error: FastifyError, status: number): string {
  if (status >= 500) return 'This server could not store the connection. Try again later.';
  return status === 413 ? `The negotiation is larger than ${maxBody} bytes.` : error.message;
}
