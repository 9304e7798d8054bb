import { isIP } from 'node:net';
import { z } from 'zod';
import { isLoopback, refuseAddress } from '../microbizz/domain/hosts.ts';
import { Secret } from '../microbizz/domain/secret.ts';
import { isPostgres } from './places.js';

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** In clear only to this machine: keys and tokens travel there. */
const safeUrl = (why: string) =>
  z.url({ protocol: /^https?$/, error: 'must be a complete http(s) URL' }).refine((text) => {
    const url = URL.parse(text);
    return url === null || url.protocol === 'https:' || isLoopback(url.hostname);
  }, `must be https, since ${why}`);

const publicUrl = safeUrl('Microbizz and browsers reach it over the internet').transform((text, context) => {
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') context.addIssue('must not have a user name or password');
  if (url.search !== '' || url.hash !== '') context.addIssue('must not have a query or a fragment');
  return url.href.replace(/\/$/, '');
});

function isProxy(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** The path of a file, or the URL of a PostgreSQL as it was set. */
const databaseUrl = z
  .string()
  .refine(
    (text) => text.startsWith('file:') || (isPostgres(text) && (URL.parse(text)?.host ?? '') !== ''),
    'must be file:<path> (SQLite) or postgres://<user>:<password>@<host>/<database>',
  )
  .transform((text) => text.replace(/^file:/, ''));

/** The environment, by the name of each variable. `.env.example` lists the same names; a test holds the two equal. */
export const Environment = z.object({
  PUBLIC_URL: publicUrl.default('http://localhost:3000'),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number('must be a port number').int().min(0).max(65535).default(3000),
  MICROBIZZ_PUBLICID: z
    .string('is required: the application key from Ventu')
    .min(1, 'is required: the application key from Ventu'),
  MICROBIZZ_SECRETKEY: z
    .string('is required: the secret key from Ventu')
    .min(1, 'is required: the secret key from Ventu')
    .transform((text) => new Secret(text)),
  MICROBIZZ_URL: z.url('must be a complete URL').default('https://system.microbizz.dk'),
  MICROBIZZ_HOSTS: list
    .transform((hosts) => hosts.map((host) => host.toLowerCase()))
    .default(['*.microbizz.dk', '*.microbizz.com']),
  CONNECT: z.enum(['invited', 'open'], 'must be invited or open').default('invited'),
  ALLOWED_CONTRACTS: list.default([]),
  DATABASE_URL: databaseUrl.default('data/appconnect.db'),
  APP_KEY: list
    .refine(
      (keys) => keys.length > 0 && keys.every((key) => key.length >= 32),
      'needs at least 32 characters in each key',
    )
    .transform((keys) => keys.map((key) => new Secret(key)))
    .optional(),
  KEEP_ALIVE_SECONDS: z.coerce.number('must be a number of seconds').int().min(1).max(86_400).default(900),
  TRUST_PROXY: list
    .refine((proxies) => proxies.every(isProxy), 'must be addresses or networks, such as 127.0.0.1 or 10.0.0.0/8')
    .default([]),
  MAX_EVENT_BYTES: z.coerce
    .number('must be a number of bytes')
    .int()
    .min(64 * 1024)
    .max(64 * 2 ** 20)
    .default(4 * 2 ** 20),
  MIGRATION_COPY: z.enum(['yes', 'no']).default('yes'),
  RETENTION_DAYS: z.coerce.number('must be a number of days').int().min(1).max(36_500).default(400),
  FORWARD_PRIVATE_HOSTS: list.default([]),
  SESSION_RECHECK_SECONDS: z.coerce.number('must be a number of seconds').int().min(0).max(3600).default(60),
  GAP_INTERVAL_MINUTES: z.coerce.number('must be a number of minutes').int().min(1).max(10_080).default(60),
  GO_URL: safeUrl('the access token is sent there').default('https://go-api.microbizz.dk/api.php'),
  GO_ACCESS_TOKEN: z
    .string()
    .transform((text) => new Secret(text))
    .optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});

export type Config = z.output<typeof Environment>;

/** Reads the settings, or throws one error that names every fault. An empty variable counts as not set. */
export function readConfig(env: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = Environment.safeParse(given);
  const faults = read.error?.issues.map((issue) => `  ${issue.path.join('.')} ${issue.message}`) ?? [];
  // Read apart where there are others, so that this fault is reported together with them.
  const solution = read.data ?? Environment.pick({ MICROBIZZ_URL: true, MICROBIZZ_HOSTS: true }).safeParse(given).data;
  const address = solution && refuseAddress(solution.MICROBIZZ_URL, solution.MICROBIZZ_HOSTS);
  const stored = Environment.pick({ DATABASE_URL: true }).safeParse(given).data;
  if (stored !== undefined && isPostgres(stored.DATABASE_URL) && given['APP_KEY'] === undefined)
    faults.push('  APP_KEY is required with PostgreSQL: each server that uses the database has the same');
  if (address !== undefined) faults.push(`  MICROBIZZ_URL cannot be used: ${address}`);
  if (!read.success || faults.length > 0) throw new Error(`These settings are missing or wrong:\n${faults.join('\n')}`);
  return read.data;
}
