import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Secret } from '../../microbizz/domain/secret.ts';
import type { Installation } from '../../microbizz/domain/tenant.ts';
import { refuseAddress } from '../../microbizz/domain/hosts.ts';
import { Refusal } from '../errors.ts';
import type { LimitRefusals } from '../http/limit-refusals.ts';
import { returnPurpose } from '../http/purposes.ts';
import { takeRawBodies } from '../http/raw-body.ts';
import { sendErrorPage } from '../http/send-error-page.ts';
import { sendPage } from '../http/send-page.ts';
import type { Keyring } from '../keys/keyring.ts';
import type { Begun, Connections } from '../store/ports/connections.ts';
import type { Invitations } from '../store/ports/invitations.ts';
import { admit, type Admitted } from './admit.ts';
import { openBegun } from './begun.ts';
import { buildRequest, type Asked } from './build-request.ts';
import type { ConnectLinks } from './connect-links.ts';
import type { Faults } from './faults.ts';
import type { Verify } from './verify.ts';

/** How long a connection that was begun waits for its negotiate, in milliseconds. */
export const patience = 60 * 60 * 1000;
/** Seconds between two reloads of the return page that waits for Microbizz. */
const lookAgain = 3;

export interface NegotiateServices {
  readonly keyring: Keyring;
  readonly connections: Connections;
  readonly invitations: Invitations;
  readonly verify: Verify;
  readonly now: () => number;
  readonly limitRefusals: LimitRefusals;
  readonly links: ConnectLinks;
  readonly faults: Faults;
  readonly asked: Asked;
  readonly publicUrl: string;
  readonly publicid: string;
  readonly secretkey: Secret;
  readonly defaultSolution: string;
  readonly allowedHosts: readonly string[];
  /** `contract` or `host/contract`; none: every contract. */
  readonly allowedContracts: readonly string[];
  /** Whether a connection can be begun without a link. */
  readonly open: boolean;
}

interface ConnectRoute {
  Querystring: { solution?: unknown; invitation?: unknown; reconnect?: unknown };
}
type LimitOpen = ReturnType<FastifyInstance['createRateLimit']>;
interface ReturnRoute {
  Params: { key: string };
}

/** The pages of becoming connected: the one that sends the browser to Microbizz, and the one that it comes back to. */
export function connectRoutes(app: FastifyInstance, services: NegotiateServices): void {
  app.setErrorHandler(sendErrorPage);
  takeRawBodies(app);

  // Only of those who come without a link: 30 per minute from one address are enough for people.
  const limitOpen = app.createRateLimit({ max: 30, timeWindow: '1 minute' });

  app.get<ConnectRoute>('/connect', async (request, reply) => {
    const admitted = await admitOrCount(services, limitOpen, request);
    const begun = begin(services, admitted, request.query.solution);
    return sendPage(request, reply, 'server/connect/connect', {
      solution: begun.solution,
      request: JSON.stringify(buildRequest(begun, services.asked, services)),
    });
  });

  // Microbizz's own way in is a form, and how it sends people back is not documented.
  app.route<ReturnRoute>({
    method: ['GET', 'POST'],
    url: '/return/:key',
    handler: async (request, reply) => {
      const begun = openBegun(services.keyring, request.params.key, returnPurpose);
      if (begun === undefined) {
        await services.limitRefusals(request);
        throw new Refusal('unknown-key', 'No connection was begun with this address.');
      }
      const data = await whatBecameOf(services, begun);
      const refresh = data.state === 'waiting' ? { refresh: lookAgain } : {};
      return sendPage(request, reply, 'server/connect/return', data, refresh);
    },
  });
}

async function admitOrCount(
  services: NegotiateServices,
  limitOpen: LimitOpen,
  request: FastifyRequest<ConnectRoute>,
): Promise<Admitted> {
  const admitted = await admit(services, request.query).catch(async (error: unknown) => {
    await services.limitRefusals(request);
    throw error;
  });
  if (admitted !== undefined) return admitted;
  if (!services.open) {
    await services.limitRefusals(request);
    throw new Refusal('invitation-missing', 'A connection to this server begins with a link from whoever runs it.');
  }
  const limit = await limitOpen(request);
  if (!limit.isAllowed && limit.isExceeded)
    throw new Refusal('too-many', `Too many attempts. Try again in ${limit.ttlInSeconds} seconds.`);
  return { invitation: undefined, reconnects: undefined, solution: undefined };
}

function begin(services: NegotiateServices, admitted: Admitted, wanted: unknown): Begun {
  const address = wanted ?? admitted.solution ?? services.defaultSolution;
  const refusal = typeof address === 'string' ? refuseAddress(address, services.allowedHosts) : 'it is given twice';
  if (refusal !== undefined) throw new Refusal('bad-request', `This Microbizz solution cannot be used: ${refusal}.`);
  const solution = new URL(address).origin;
  return { ...admitted, id: services.keyring.newInstallationId(), solution, expiresAt: services.now() + patience };
}

/** For the return page. */
async function whatBecameOf(services: NegotiateServices, begun: Begun) {
  const installation = await services.verify(begun.id);
  const fault = installation === undefined ? services.faults.find(begun.id) : installation.fault;
  return {
    state: stateOf(installation, fault, begun.expiresAt <= services.now()),
    solution: begun.solution,
    contract: installation?.credentials.contract,
    installation: begun.id,
    fault,
    hooks: [...services.asked.events, ...services.asked.pages],
    again: services.open ? services.links.open(begun.solution) : undefined,
  };
}

function stateOf(
  installation: Pick<Installation, 'tenantId' | 'waits'> | undefined,
  fault: string | undefined,
  isLate: boolean,
): 'connected' | 'approval' | 'failed' | 'expired' | 'waiting' {
  if (installation?.tenantId !== undefined) return 'connected';
  if (installation?.waits === true) return 'approval';
  if (fault !== undefined) return 'failed';
  return installation === undefined && isLate ? 'expired' : 'waiting';
}
