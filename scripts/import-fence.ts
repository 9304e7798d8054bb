import { dirname, relative, resolve, sep } from 'node:path';
import type { Rule } from 'eslint';

const src = resolve(import.meta.dirname, '../src');

/** Imports go one way, from a wing to those before it. */
const wings = ['microbizz', 'server', 'app', 'tools'];

/**
 * Which rooms a room may import, besides its own files. docs/architecture.md has the same table, with the content of each room; a test
 * compares the two.
 */
export const rooms: Readonly<Record<string, readonly string[] | 'everything'>> = {
  'microbizz/domain': [],
  'microbizz/outbound': ['microbizz/domain'],
  'microbizz/api': ['microbizz/domain', 'microbizz/outbound'],
  'microbizz/go': ['microbizz/domain', 'microbizz/outbound'],
  'server/texts': [],
  'server/aside': [
    'microbizz/domain',
    'server/inbox',
    'server/history',
    'server/events/read-event',
    'server/forwards/build-message',
    'server/store/ports',
  ],
  'server/threads': ['microbizz/domain', 'server/store', 'server/history', 'server/aside'],
  'server/inbox': ['microbizz/domain', 'server/store/ports'],
  'server/http': ['microbizz/domain', 'server/texts'],
  'server/keys': [],
  'server/watchdog': [],
  'server/history': ['microbizz/domain', 'server/store/ports', 'server/store/read-words'],
  'server/gaps': ['microbizz/domain', 'microbizz/api', 'server/store/ports'],
  'server/store': ['microbizz/domain', 'server/keys'],
  'server/forwards': ['microbizz/domain', 'microbizz/outbound', 'server/inbox', 'server/store/ports', 'server/http'],
  'server/negotiate': ['microbizz/domain', 'microbizz/api', 'server/keys', 'server/store/ports', 'server/http'],
  'server/events': [
    'microbizz/domain',
    'microbizz/api',
    'server/keys',
    'server/store/ports',
    'server/inbox',
    'server/http',
  ],
  'server/interfaces': [
    'microbizz/domain',
    'microbizz/api',
    'server/keys',
    'server/store/ports',
    'server/http',
    'server/history',
    'server/forwards',
    'server/gaps',
  ],
  app: [
    'microbizz/domain',
    'microbizz/api',
    'server/history',
    'server/define-app',
    'server/events/define-event',
    'server/interfaces/define-page',
  ],
  'tools/sandbox': ['server/http/views'],
  'tools/cli': 'everything',
};

/** The folders of concrete stores. */
const adapters = ['server/store/sqlite', 'server/store/postgres'];

/** The rooms that a port may import, besides other ports. */
const portWords = ['microbizz/domain'];

/** Files that every room of server/, app/ and tools/ may import. */
const shared = ['server/errors', 'server/strays', 'server/waker', 'server/begin-thread'];

function isIn(path: string, place: string): boolean {
  return path === `${place}.ts` || path.startsWith(`${place}/`);
}

/** Of a file beside the wings, which is main.ts: after all of them but the tools, which no request enters. */
function orderOf(path: string): number {
  const [wing = ''] = path.split('/');
  return path.includes('/') ? wings.indexOf(wing) : wings.indexOf('app');
}

/** Files that are in a wing, but in no room, connect its rooms. */
function isLoose(file: string): boolean {
  return file.split('/').length < 3 && !file.startsWith('app/');
}

function isAdapter(file: string): boolean {
  return file.startsWith('server/store/') && file.split('/').length > 3;
}

/** Why a file may not import another, both below src/; undefined when it may. */
export function refuseImport(file: string, target: string): string | undefined {
  const room = Object.keys(rooms).find((name) => file.startsWith(`${name}/`));
  if (target.startsWith('../')) return 'Nothing below src/ imports anything beside it.';
  if (isIn(target, 'tools/sandbox') && room !== 'tools/sandbox' && file !== 'tools/demo.ts')
    return 'The sandbox is for its own entry, the demo and the tests.';
  if (orderOf(target) > orderOf(file)) return `Imports go one way: ${wings.join(' ← ')}.`;
  if (isLoose(file)) return undefined;
  if (isIn(file, 'server/store/ports') && ![...portWords, 'server/store/ports'].some((place) => isIn(target, place)))
    return `A port may import only ${portWords.join(', ')}: any adapter and any room uses it.`;
  if (isAdapter(file) && isIn(target, 'server/keys'))
    return 'An adapter stores what is sealed, and opens nothing: store/seal.ts does it above all of them.';
  const own = adapters.find((place) => isIn(file, place));
  if (adapters.some((place) => place !== own && own !== undefined && isIn(target, place)))
    return 'No adapter knows another: what several need lies beside them.';
  const allowed = room === undefined ? undefined : rooms[room];
  if (room === undefined || allowed === undefined)
    return `src/${dirname(file)} is not in the table of rooms (scripts/import-fence.ts).`;
  if (allowed === 'everything' || isIn(target, room)) return undefined;
  if (
    adapters.some((place) => isIn(target, place)) &&
    !(room === 'server/threads' && isIn(target, 'server/store/sqlite'))
  )
    return 'Only open-store.ts and the command line name a concrete store, and the threads that of SQLite.';
  if ([...allowed, ...shared].some((place) => isIn(target, place))) return undefined;
  return `src/${room} may import only ${[...shared, ...allowed].join(', ')} (scripts/import-fence.ts).`;
}

const fence: Rule.RuleModule = {
  meta: { type: 'problem', schema: [] },
  create(context) {
    const below = (path: string): string => relative(src, path).split(sep).join('/');
    const check = (node: Rule.Node, text: unknown): void => {
      if (typeof text !== 'string' || !text.startsWith('.')) return;
      const message = refuseImport(below(context.filename), below(resolve(dirname(context.filename), text)));
      if (message !== undefined) context.report({ node, message });
    };
    const visit = (node: Rule.Node): void => {
      const { source } = node as unknown as { source?: { value?: unknown } | null };
      check(node, source?.value);
    };
    // All ways to name a module; `import('…')` as an expression and as a type too.
    return {
      ImportDeclaration: visit,
      ExportNamedDeclaration: visit,
      ExportAllDeclaration: visit,
      ImportExpression: visit,
      TSImportType: visit,
    };
  },
};

export default fence;
