import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readConfig } from '../../src/server/config.ts';

test('the settings of docs/deploy/compose.postgres.yaml are settings of the server, and enough to start with', () => {
  const text = readFileSync('docs/deploy/compose.postgres.yaml', 'utf8');
  const [, block = ''] = /environment: &settings\n((?: {4}.*\n)+)/.exec(text) ?? [];
  const given: Readonly<Record<string, string>> = {
    DOMAIN: 'app.example.dk',
    POSTGRES_PASSWORD: 'secret',
    APP_KEY: 'a key of more than thirty-two characters',
    MICROBIZZ_PUBLICID: 'publicid',
    MICROBIZZ_SECRETKEY: 'secretkey',
  };
  const settings = Object.fromEntries(
    [...block.matchAll(/^ {4}([A-Z_]+): (.*)$/gm)].map(([, name = '', value = '']) => [
      name,
      value.replaceAll(/\$\{([A-Z_]+)[^}]*\}/g, (_all, variable: string) => given[variable] ?? ''),
    ]),
  );
  expect(Object.keys(settings).length).toBeGreaterThan(4);
  expect(readConfig(settings)).toMatchObject({
    PUBLIC_URL: 'https://app.example.dk',
    DATABASE_URL: 'postgres://appconnect:secret@postgres/appconnect',
  });
});
