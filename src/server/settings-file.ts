import { existsSync, readFileSync, statSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { loadEnvFile } from 'node:process';
import { findSettingsFile } from './places.js';

type Env = Record<string, string | undefined>;

/** Adds the file's settings to the environment; existing ones stay. Answers the file, if there is one. */
export function loadSettings(env: Env): string | undefined {
  const named = env['SETTINGS_FILE'];
  const file = findSettingsFile(named);
  if (!existsSync(file)) {
    if (named !== undefined && named !== '') throw new Error(`SETTINGS_FILE names ${file}, and there is no such file.`);
    return undefined;
  }
  loadEnvFile(file);
  return file;
}

/** Likely mistakes in a file of settings that stop nothing. Names only: no value is repeated. */
export function examineSettings(file: string, known: readonly string[]): string[] {
  const text = readFileSync(file, 'utf8');
  const read: Env = parseEnv(text);
  const raw = readAsDocker(text);
  const names = [...new Set([...Object.keys(read), ...raw.keys()])];
  const unlike = names.filter((name) => (read[name] ?? '') !== (raw.get(name) ?? ''));
  const unknown = Object.keys(read)
    .filter((name) => !known.includes(name))
    .sort();
  return [
    ...unlike.map(
      (name) =>
        `${name} in ${file} is read without its quotes, its blanks at the ends or what follows a #: Docker and systemd may read another value. Write it without any of these, or set it in the environment.`,
    ),
    ...unknown.map((name) => `${name} in ${file} is no setting of this server.${meant(name, known)}`),
    ...((statSync(file).mode & 0o077) === 0
      ? []
      : [`Others on this machine may read ${file}, which holds the secret key: chmod 600 it.`]),
  ];
}

/** `docker run --env-file`: everything after the first `=`, as it stands (docs.docker.com/reference/cli/docker/container/run/#env). */
function readAsDocker(text: string): Map<string, string> {
  const lines = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) => line.trimStart())
    .filter((line) => line.includes('=') && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

function meant(name: string, known: readonly string[]): string {
  const [near] = known.filter((each) => distance(each, name) <= 2);
  return near === undefined ? '' : ` Is ${near} meant?`;
}

/** How many letters must be added, removed or changed (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [above, letter] of Array.from(a).entries()) {
    const next = [above + 1];
    for (const [at, other] of Array.from(b).entries())
      next.push(Math.min((next[at] ?? 0) + 1, (row[at + 1] ?? 0) + 1, (row[at] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}
