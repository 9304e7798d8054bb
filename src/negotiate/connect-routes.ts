import type { FastifyInstance } from 'fastify';
import type { Secret } from '../domain/secret.ts';
import { refuseAddress } from '../domain/hosts.ts';
import { solutionOf } from '../domain/tenant.ts';
import { Refusal } from '../errors.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { connectUrl } from '../http/connect-url.ts';
import { returnPurpose } from '../http/purposes.ts';
import { sendErrorPage } from '../http/send-error-page.ts';
import { sendPage } from '../http/send-page.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Connections } from '../store/store.ts';
import type { Activate } from './activate.ts';
import { buildRequest, type Asked } from './build-request.ts';

/** How long an installation waits for its negotiate, in milliseconds. */
export const patience = 60 * 60 * 1000;
/** Seconds between two looks of the return page that waits for Microbizz. */
const lookAgain = 3;

export interface NegotiateServices {
  readonly keyring: Keyring;
  readonly connections: Connections;
  readonly activate: Activate;
  readonly now: () => number;
  readonly limitRefusals: LimitRefusals;
  readonly asked: Asked;
  readonly publicUrl: string;
  readonly publicid: string;
  readonly secretkey: Secret;
  readonly defaultSolution: string;
  readonly allowedHosts: readonly string[];
}

interface ConnectRoute {
  Querystring: { solution?: string };
}
interface ReturnRoute {
  Params: { key: string };
}

/** The pages of becoming connected: the one that sends the browser to Microbizz, and the one that it comes back to. */
export function connectRoutes(app: FastifyInstance, services: NegotiateServices): void {
  const { keyring, connections, now } = services;
  app.setErrorHandler(sendErrorPage);

  // Each visit writes a row: 30 a minute from one address are enough for people.
  const config = { rateLimit: { max: 30, timeWindow: '1 minute' } };
  app.get<ConnectRoute>('/connect', { config }, async (request, reply) => {
    const address = request.query.solution ?? services.defaultSolution;
    const refusal = typeof address === 'string' ? refuseAddress(address, services.allowedHosts) : 'it is given twice';
    if (refusal !== undefined) throw new Refusal('bad-request', `This Microbizz solution cannot be used: ${refusal}.`);
    const solution = solutionOf(address);
    const id = keyring.newInstallationId();
    await connections.openInstallation({ id, solution, expiresAt: now() + patience });
    const data = { solution, request: JSON.stringify(buildRequest(id, services.asked, services)) };
    return sendPage(request, reply, 'connect/connect', data);
  });

  app.get<ReturnRoute>('/return/:key', async (request, reply) => {
    const id = keyring.open(request.params.key, returnPurpose);
    const installation = id === undefined ? undefined : await services.activate(id);
    if (installation === undefined) {
      await services.limitRefusals(request);
      throw new Refusal('unknown-key', 'No connection was begun with this address.');
    }
    const { credentials, tenantId, fault, solution } = installation;
    const expired = credentials === undefined && installation.expiresAt <= now();
    const state =
      tenantId !== undefined ? 'connected' : fault !== undefined ? 'failed' : expired ? 'expired' : 'waiting';
    const hooks = [...services.asked.events, ...services.asked.pages];
    const again = connectUrl(services.publicUrl, solution);
    const data = {
      state,
      solution: credentials ? solutionOf(credentials.endpoint) : solution,
      contract: credentials?.contract,
      fault,
      hooks,
      again,
    };
    return sendPage(request, reply, 'connect/return', data, state === 'waiting' ? { refresh: lookAgain } : {});
  });
}
