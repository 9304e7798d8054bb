import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { Refusal } from '../../errors.ts';
import { messageOf } from '../../../microbizz/domain/message-of.ts';
import type { SealedToken } from '../ports/sealed.ts';
import { migrations } from './migrations.ts';

/** Facts about a database that can be read without changing it, in any version. */
export interface Survey {
  readonly version: number;
  /** The accesstokens in use. */
  readonly tokens: readonly SealedToken[];
}

/** Undefined when there is no such file, or nothing in it yet. */
export function surveyDatabase(path: string): Survey | undefined {
  if (path === ':memory:' || !existsSync(path) || statSync(path).size === 0) return undefined;
  try {
    const database = new Database(path, { readonly: true });
    try {
      const version = database.pragma('user_version', { simple: true }) as number;
      return { version, tokens: version === 0 ? [] : listTokens(database) };
    } finally {
      database.close();
    }
  } catch (error) {
    throw new Refusal('unavailable', `${path} cannot be read as a database: ${messageOf(error)}.`, { cause: error });
  }
}

function listTokens(database: Database.Database): Survey['tokens'] {
  return database
    .prepare<[], { installationId: string; sealed: Buffer }>(
      `SELECT i.id AS installationId, i.accesstoken AS sealed FROM tenants t JOIN installations i ON i.id = t.installation_id
       WHERE i.accesstoken IS NOT NULL`,
    )
    .all();
}

/** Why this program cannot work with a database of that version; undefined when it can, as the server after it has migrated it. */
export function refuseVersion(
  version: number,
  path: string,
  { mayMigrate }: { mayMigrate: boolean },
): string | undefined {
  const needs = migrations.length;
  if (version > needs)
    return `The database ${path} is newer (version ${version}) than this program (version ${needs}). Use the newer program, or restore an older backup.`;
  if (version === needs || mayMigrate) return undefined;
  return `The database ${path} is version ${version}, this program needs version ${needs}: restart the server first, which brings it up to date.`;
}
