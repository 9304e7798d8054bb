import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import importFence from './scripts/import-fence.ts';

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
  {
    files: ['src/**/*.{ts,js}'],
    plugins: { rooms: { rules: { 'import-fence': importFence } } },
    rules: {
      'rooms/import-fence': 'error',
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: false, skipComments: false }],
    },
  },
  // The port is asynchronous since other databases are; SQLite answers at once.
  { files: ['src/server/store/sqlite/**/*.ts'], rules: { '@typescript-eslint/require-await': 'off' } },
  {
    files: [
      'src/**/main.ts',
      'src/prepare-node.js',
      'src/tools/demo.ts',
      'test/**/*.ts',
      'bench/**/*.ts',
      'scripts/**/*.ts',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
);
