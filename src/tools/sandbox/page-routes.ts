import type { FastifyInstance, FastifyReply } from 'fastify';
import { buildInterfaceUrl } from './build-interface-url.ts';
import { findHooks, findLiveConnections } from './live-hooks.ts';
import { frameOf } from './page-frame.ts';
import { commands } from './run-command.ts';
import type { SandboxState } from './sandbox-state.ts';

/** The small Microbizz around the app's pages: start page, users and customers with tabs, menu items, General settings. */
export function pageRoutes(app: FastifyInstance, state: SandboxState): void {
  app.get('/', (_request, reply) =>
    reply.view('sandbox/start', {
      ...frameOf(state, 'Start', '/'),
      connections: findLiveConnections(state),
      publicid: state.publicid,
      origin: state.origin,
      endpoint: `${state.origin}/api/endpoint.php`,
      go: `${state.origin}/go/api.php`,
      commands: [...commands.keys()],
      deliveries: state.deliveries.slice(-5).reverse(),
    }),
  );
  app.setNotFoundHandler((request, reply) =>
    missing(state, reply.code(404), `The sandbox has no page ${request.url}.`),
  );
  userRoutes(app, state);
  customerRoutes(app, state);
  itemRoutes(app, state);
}

interface TabRoute {
  Params: { id: string };
  Querystring: { tab?: string };
}

function userRoutes(app: FastifyInstance, state: SandboxState): void {
  app.get('/users', (_request, reply) =>
    reply.view('sandbox/users', { ...frameOf(state, 'Users', '/users'), users: state.users }),
  );

  app.get<TabRoute>('/users/:id', (request, reply) => {
    const user = state.users.find((each) => String(each.id) === request.params.id);
    if (user === undefined) return missing(state, reply.code(404), `There is no user ${request.params.id}.`);
    const tab = Number(request.query.tab ?? 0);
    const variables = { id: String(user.id), usercode: user.usercode };
    return reply.view('sandbox/user', {
      ...frameOf(state, user.name, '/users'),
      user,
      tabs: findHooks(state, 'user', 'tab'),
      tab,
      frame: buildInterfaceUrl(state, 'user', 'tab', state.actingUserId, variables, tab),
    });
  });
}

function customerRoutes(app: FastifyInstance, state: SandboxState): void {
  app.get('/customers', (_request, reply) =>
    reply.view('sandbox/customers', { ...frameOf(state, 'Customers', '/customers'), customers: state.customers }),
  );

  app.get<TabRoute>('/customers/:id', (request, reply) => {
    const customer = state.customers.find((each) => String(each.id) === request.params.id);
    if (customer === undefined) return missing(state, reply.code(404), `There is no customer ${request.params.id}.`);
    const tab = Number(request.query.tab ?? 0);
    const variables = { id: String(customer.id), customernumber: String(customer['customernumber']) };
    return reply.view('sandbox/customer', {
      ...frameOf(state, String(customer['name']), '/customers'),
      customer,
      tabs: findHooks(state, 'customer', 'tab'),
      tab,
      frame: buildInterfaceUrl(state, 'customer', 'tab', state.actingUserId, variables, tab),
    });
  });
}

/** A module's General settings is the same kind of page as a menu item, under another name. */
function itemRoutes(app: FastifyInstance, state: SandboxState): void {
  for (const kind of ['menu', 'settings'] as const)
    app.get<{ Params: { modcode: string; n: string } }>(`/${kind}/:modcode/:n`, (request, reply) => {
      const { modcode, n } = request.params;
      const hook = findHooks(state, modcode, kind)[Number(n)];
      const frame = buildInterfaceUrl(state, modcode, kind, state.actingUserId, {}, Number(n));
      if (hook === undefined || frame === undefined)
        return missing(state, reply.code(404), `No connected app has registered ${modcode}/${kind} number ${n}.`);
      return reply.view('sandbox/menu', { ...frameOf(state, hook.title, request.url), modcode, kind, frame });
    });
}

function missing(state: SandboxState, reply: FastifyReply, reason: string): unknown {
  return reply.view('sandbox/missing', { ...frameOf(state, 'Not found', ''), reason });
}
