import { dirname, relative, resolve, sep } from 'node:path';
import type { Rule } from 'eslint';

const src = resolve(import.meta.dirname, '../src');

/**
 * Which rooms a room may import, besides its own files, errors.ts and strays.ts. docs/architecture.md has the same table, and what lives where; a test
 * holds the two equal.
 */
export const rooms: Readonly<Record<string, readonly string[] | 'everything'>> = {
  domain: [],
  texts: [],
  outbound: [],
  aside: ['domain', 'inbox', 'history'],
  api: ['domain', 'outbound'],
  go: ['domain', 'outbound'],
  inbox: ['domain'],
  http: ['domain', 'texts'],
  keys: [],
  watchdog: [],
  history: ['domain'],
  gaps: ['domain', 'inbox', 'api'],
  store: ['domain', 'inbox', 'forwards', 'history', 'gaps', 'keys'],
  forwards: ['domain', 'inbox', 'http', 'outbound'],
  negotiate: ['domain', 'keys', 'store', 'api', 'http'],
  events: ['domain', 'keys', 'store', 'inbox', 'api', 'http'],
  interfaces: ['domain', 'keys', 'store', 'api', 'http', 'history', 'forwards', 'gaps'],
  hooks: ['domain', 'api', 'history', 'define-app', 'events/define-event', 'interfaces/define-page'],
  sandbox: ['http/views'],
  cli: 'everything',
};

function isIn(path: string, place: string): boolean {
  return path === `${place}.ts` || path.startsWith(`${place}/`);
}

/** Why a file may not import another, both below src/; undefined when it may. */
export function refuseImport(file: string, target: string): string | undefined {
  const room = Object.keys(rooms).find((name) => file.startsWith(`${name}/`));
  if (target.startsWith('../')) return 'Nothing below src/ imports anything beside it.';
  if (isIn(target, 'sandbox') && room !== 'sandbox' && file !== 'demo.ts')
    return 'The sandbox is for its own entry, the demo and the tests.';
  if (!file.includes('/')) return undefined;
  const allowed = room === undefined ? undefined : rooms[room];
  if (room === undefined || allowed === undefined)
    return `src/${dirname(file)} is not in the table of rooms (scripts/import-fence.ts).`;
  if (allowed === 'everything' || isIn(target, room) || ['errors.ts', 'strays.ts'].includes(target)) return undefined;
  if (isIn(target, 'store/sqlite')) return 'Only services.ts and the command line name a concrete store.';
  if (allowed.some((place) => isIn(target, place))) return undefined;
  return `src/${room} may import only ${['errors.ts', 'strays.ts', ...allowed].join(', ')} (scripts/import-fence.ts).`;
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
