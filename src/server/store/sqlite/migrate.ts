import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { Refusal } from '../../errors.ts';
import { messageOf } from '../../../microbizz/domain/message-of.ts';
import { migrations } from './migrations.ts';
import { saveCopy } from './save-copy.ts';
import { refuseVersion } from './survey.ts';

export interface MigrateOptions {
  /** False: no copy of the database is kept from before. */
  readonly keepCopy?: boolean;
  /** Called with the steps that were done, once they are. */
  readonly onMigrated?: (done: Migrated) => void;
}

export interface Migrated {
  readonly from: number;
  readonly to: number;
  /** Milliseconds for the copy and for the steps. */
  readonly ms: number;
  readonly copy: string | undefined;
}

/**
 * All missing steps and the new number in one transaction, begun IMMEDIATE: of two processes that start together one does it, and an
 * interrupted one has changed nothing. The copy from before is the way back, so without it nothing is changed.
 */
export function migrate(database: Database, path: string, { keepCopy = true, onMigrated }: MigrateOptions): void {
  const versionOf = (): number => database.pragma('user_version', { simple: true }) as number;
  const began = performance.now();
  const from = versionOf();
  const refusal = refuseVersion(from, path, { mayMigrate: true });
  if (refusal !== undefined) throw new Refusal('unavailable', refusal);
  if (from === migrations.length) return;
  const copy = keepCopy && from > 0 && path !== ':memory:' ? keep(database, path, from) : undefined;
  database
    .transaction(() => {
      for (const sql of migrations.slice(versionOf())) database.exec(sql);
      database.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
  if (from > 0) onMigrated?.({ from, to: migrations.length, ms: Math.round(performance.now() - began), copy });
}

/** Beside the database, until the next migration keeps its own. Undefined when another process has migrated it meanwhile. */
function keep(database: Database, path: string, version: number): string | undefined {
  const copy = `${path}.version-${version}`;
  rmSync(copy, { force: true });
  try {
    const saved = saveCopy(database, copy);
    if (saved.version !== version) {
      rmSync(copy);
      return undefined;
    }
  } catch (error) {
    throw new Refusal(
      'unavailable',
      `The database ${path} has to be brought from version ${version} to ${migrations.length}, and no copy of it could be kept from before: ${messageOf(error)} Make room, or set MIGRATION_COPY=no when you have a backup.`,
      { cause: error },
    );
  }
  const isCopy = (name: string): boolean => /^\d+$/.test(name.slice(`${basename(path)}.version-`.length));
  for (const name of readdirSync(dirname(path)).filter((each) => each.startsWith(`${basename(path)}.version-`)))
    if (isCopy(name) && join(dirname(path), name) !== copy) rmSync(join(dirname(path), name));
  return copy;
}
