import type { FastifyInstance, FastifyRequest } from 'fastify';
import { changeObject } from './change-object.ts';
import { Faults } from './faults.ts';
import { refuseTokens } from './live-hooks.ts';
import { isKindName, kindOf, objectKinds } from './object-kinds.ts';
import { frameOf } from './page-frame.ts';
import { readField } from './read-field.ts';
import type { SandboxState } from './sandbox-state.ts';

/** What a Microbizz has no buttons for: causing events and faults, being somebody else, ending all sessions. */
export function controlRoutes(app: FastifyInstance, state: SandboxState): void {
  changeRoutes(app, state);
  faultRoutes(app, state);
  switchRoutes(app, state);
}

function changeRoutes(app: FastifyInstance, state: SandboxState): void {
  app.get<{ Querystring: { sent?: string } }>('/changes', (request, reply) =>
    reply.view('sandbox/changes', {
      ...frameOf(state, 'Change something', '/changes'),
      unheard: request.query.sent === '0',
      sent: Number(request.query.sent ?? 0),
      number: (value: unknown, digits?: number) =>
        value === undefined
          ? ''
          : Number(value).toLocaleString('da-DK', digits === undefined ? {} : { minimumFractionDigits: digits }),
      kinds: Object.entries(objectKinds).flatMap(([path, kind]) =>
        'event' in kind ? [{ path, title: kind.title, ...kind.event, objects: kind.find(state).slice(0, 50) }] : [],
      ),
      deliveries: state.deliveries.toReversed(),
    }),
  );

  app.post<{ Params: { kind: string; id: string } }>('/changes/:kind/:id', async (request, reply) => {
    const { kind, id } = request.params;
    const known = isKindName(kind) && kindOf(kind).event !== undefined ? kindOf(kind).find(state) : [];
    if (!isKindName(kind) || !known.some((object) => String(object.id) === id)) {
      reply.callNotFound();
      return reply;
    }
    const sent = await changeObject(state, kind, Number(id));
    return reply.redirect(`/changes?sent=${sent.deliveries.length}`, 303);
  });
}

function faultRoutes(app: FastifyInstance, state: SandboxState): void {
  app.get('/faults', (_request, reply) =>
    reply.view('sandbox/faults', {
      ...frameOf(state, 'Faults and switches', '/faults'),
      faults: state.faults,
      choices: listChoices(),
      labels,
      users: state.users,
      sessions: state.sessions.size,
      tokens: state.connections.length,
      refused: state.refusedTokens.size,
      numbers: ['slowMs', 'pageSize'],
    }),
  );

  app.post('/faults', async (request, reply) => {
    const changes = Object.fromEntries(
      Object.keys(Faults.shape).flatMap((name) => {
        const value = readField(request, name);
        return value === undefined ? [] : [[name, value]];
      }),
    );
    const parsed = Faults.partial().safeParse(changes);
    if (!parsed.success) return reply.code(400).type('text/plain').send(parsed.error.issues[0]?.message);
    Object.assign(state.faults, parsed.data);
    return reply.redirect('/faults', 303);
  });
}

/** The buttons on the page of faults. */
function switchRoutes(app: FastifyInstance, state: SandboxState): void {
  const presses: Readonly<Record<string, (request: FastifyRequest) => void>> = {
    '/sessions/expire': () => {
      state.sessions.clear();
    },
    '/tokens/refuse': () => {
      refuseTokens(state);
    },
    '/tokens/restore': () => {
      state.refusedTokens.clear();
    },
    '/users/act-as': (request) => {
      const user = state.users.find((each) => String(each.id) === readField(request, 'userid'));
      if (user !== undefined) state.actingUserId = user.id;
    },
  };
  for (const [path, press] of Object.entries(presses))
    app.post(path, async (request, reply) => {
      press(request);
      return reply.redirect('/faults', 303);
    });
}

const labels: Readonly<Record<string, string>> = {
  api: 'API (/api/endpoint.php)',
  negotiate: 'Negotiate',
  negotiateAs: 'Negotiate is sent as',
  eventsAs: 'Events are sent as',
  reconnect: 'A second connect … the hooks',
  oldTokens: 'Old accesstokens then',
  resumekey: 'resumekey',
  halted: 'haltonerror: the results',
  omitted: 'Fields left out of an update',
  types: 'Types of what the API gets',
  go: 'GO API (/go/api.php)',
  slowMs: '“slow” takes (ms)',
  pageSize: 'Objects in a partial result',
};

function listChoices(): { name: string; options: readonly string[] }[] {
  return Object.entries(Faults.shape).flatMap(([name, type]) =>
    'options' in type ? [{ name, options: type.options }] : [],
  );
}
