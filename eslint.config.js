import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Which rooms a room may import, besides its own files, errors.ts and strays.ts. docs/architecture.md has the same table. */
const rooms = {
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
  hooks: ['domain', 'api', 'texts', 'history', 'events/define-event', 'interfaces/define-page'],
  sandbox: ['http/views'],
};

const importTable = Object.entries(rooms).map(([room, allowed]) => ({
  files: [`src/${room}/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            // An import that climbs out of its room ("../other/…") may only reach an allowed room. Inside store/sqlite/
            // one more "../" is still the room itself, which is why the room's own files are allowed by name.
            regex: `^(?:\\.\\./)+(?!\\.|(?:errors|strays)\\.ts$|[a-z-]+\\.ts$${[room, ...allowed].map((r) => `|${r}[/.]`).join('')})`,
            message: `src/${room} may import only: ${['errors.ts', 'strays.ts', ...allowed].join(', ')} (the import table in eslint.config.js).`,
          },
        ],
      },
    ],
  },
}));

export default defineConfig(
  globalIgnores(['data/', 'node_modules/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
  },
  {
    rules: {
      'no-console': 'error',
      'max-lines': ['error', 300],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings are read in main.ts.' },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Functions here close over what they need; nothing but two small classes uses `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  ...importTable,
  {
    files: ['src/*.ts', 'src/cli/*.ts'],
    ignores: ['src/demo.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/sandbox/', message: 'The sandbox is for its own entry, the demo and the tests.' }] },
      ],
    },
  },
  // The port is asynchronous since other databases are; SQLite answers at once.
  { files: ['src/store/sqlite/**/*.ts'], rules: { '@typescript-eslint/require-await': 'off' } },
  {
    files: ['src/**/main.ts', 'src/demo.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
