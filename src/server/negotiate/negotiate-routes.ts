import { createHash } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify';
import { refuseEndpoint } from '../../microbizz/domain/hosts.ts';
import { Secret } from '../../microbizz/domain/secret.ts';
import { Refusal } from '../errors.ts';
import { negotiatePurpose } from '../http/purposes.ts';
import { contentTypeOf, takeRawBodies } from '../http/raw-body.ts';
import type { Begun, Negotiated } from '../store/ports/connections.ts';
import { openBegun } from './begun.ts';
import { ended } from './admit.ts';
import type { NegotiateServices } from './connect-routes.ts';
import { readNegotiation } from './negotiation.ts';
import { refuseContract } from './refuse-contract.ts';

interface NegotiateRoute {
  Params: { key: string };
}

/** The limit of a negotiate's body, in bytes. */
const maxBody = 16 * 1024;

const unknown = new Refusal('unknown-key', 'No connection was begun with this address. Connect the app again.');
const refusals: Record<Exclude<Negotiated, 'stored'>, Refusal> = {
  used: new Refusal(
    'already-used',
    'This address was used already: it is good for one connection. Connect the app again.',
  ),
  expired: new Refusal('expired', 'This address has expired: it is good for 60 minutes. Connect the app again.'),
  ended: ended.used,
};

/**
 * `POST /negotiate/:key`. Nothing in it proves that Microbizz sent it, and its answer is an oracle for our secret: so one answer for each
 * connection that was begun, only to one who knows its key, and only when the endpoint may be a Microbizz one. A refusal changes nothing.
 */
export function negotiateRoutes(app: FastifyInstance, services: NegotiateServices): void {
  const { keyring, connections, now } = services;
  const begunOf = (request: FastifyRequest<NegotiateRoute>): Begun | undefined =>
    openBegun(keyring, request.params.key, negotiatePurpose);
  takeRawBodies(app);

  app.addHook<NegotiateRoute>('onRequest', (request, _reply, done) => {
    done(begunOf(request) === undefined ? unknown : undefined);
  });

  app.post<NegotiateRoute>('/negotiate/:key', {
    bodyLimit: maxBody,
    onResponse: async (request, reply) => {
      const begun = begunOf(request);
      if (reply.statusCode !== 200 || begun === undefined) return;
      await services.verify(begun.id).catch((err: unknown) => {
        request.log.error({ err }, 'connection not verified');
      });
    },
    handler: async (request, reply) => {
      const begun = begunOf(request) as Begun;
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { endpoint, contract, accesstoken, challenge } = readNegotiation(contentTypeOf(request), body);
      const wrong = refuseEndpoint(endpoint, services.allowedHosts);
      if (wrong !== undefined) throw new Refusal('bad-request', `The endpoint cannot be used: ${wrong}.`);
      await refuseContract(services, begun, { host: new URL(endpoint).host, contract });
      const credentials = { endpoint: new URL(endpoint).href, contract, accesstoken: new Secret(accesstoken) };
      const negotiated = await connections.negotiate(begun, credentials, now());
      if (negotiated !== 'stored') throw refusals[negotiated];
      const hash = createHash('sha1').update(challenge).update(services.secretkey.reveal()).digest('hex');
      return reply.type('text/plain').send(hash);
    },
  });

  app.setErrorHandler<FastifyError, NegotiateRoute>(async (error, request, reply) => {
    const status = error.statusCode ?? 500;
    const message = sentenceOf(error, status);
    // Asked before anything is done for a refused request.
    const limited = await services.limitRefusals(request).then(
      () => undefined,
      (refusal: unknown) => refusal as Refusal,
    );
    reply.code(limited?.statusCode ?? status).type('text/plain; charset=utf-8');
    if (status >= 500 && limited === undefined) request.log.error({ err: error }, 'negotiation failed');
    else app.refusals.count(limited ?? error, 'negotiation refused');
    if (limited !== undefined) return reply.send(limited.message);
    if (status < 500) tellPerson(request, error, message);
    return reply.send(message);
  });

  /** So that the person who comes back learns why. Not for an address that is used or expired: its own story is over. */
  function tellPerson(request: FastifyRequest<NegotiateRoute>, error: Error, fault: string): void {
    const begun = begunOf(request);
    if (begun === undefined || error === refusals.used || error === refusals.expired) return;
    services.faults.note(begun.id, fault);
  }
}

function sentenceOf(error: FastifyError, status: number): string {
  if (status >= 500) return 'This server could not store the connection. Try again later.';
  return status === 413 ? `The negotiation is larger than ${maxBody} bytes.` : error.message;
}
