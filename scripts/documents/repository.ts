import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The things that may be mentioned, read from the files themselves. */
export interface Repository {
  /** All files and folders, from the root. */
  readonly paths: ReadonlySet<string>;
  /** Names of files, of which comments often give no more. */
  readonly names: ReadonlySet<string>;
  /** Documents and sources, by path. */
  readonly texts: ReadonlyMap<string, string>;
  readonly scripts: ReadonlySet<string>;
  readonly settings: ReadonlySet<string>;
  /** The subcommands of each command. */
  readonly commands: ReadonlyMap<string, ReadonlySet<string>>;
  readonly options: ReadonlySet<string>;
}

/** The last one plants dead references. */
const passedOver = new Set(['node_modules', '.git', 'data', 'check-documents.test.ts']);

function listFiles(root: string, folder: string, paths: Set<string>, files: string[]): void {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    paths.add(path);
    if (passedOver.has(entry.name)) continue;
    if (entry.isDirectory()) listFiles(root, path, paths, files);
    else files.push(path);
  }
}

function findAll(texts: readonly string[], pattern: RegExp): string[] {
  return texts.flatMap((text) => [...text.matchAll(pattern)].map(([, found = '']) => found));
}

/** The commands that the command line registers: `program.command('x')`, `group.command('y')`, `.command('x').description('…').command('y')`. */
function readCommands(sources: readonly string[]): Map<string, Set<string>> {
  const commands = new Map<string, Set<string>>();
  for (const source of sources) {
    let group = '';
    for (const [, owner, name = ''] of source.matchAll(/(?:(\w+)|\))\s*\.command\('([\w-]+)/g)) {
      if (owner === 'program') commands.set((group = name), new Set());
      else commands.get(group)?.add(name);
    }
  }
  if (commands.size === 0)
    throw new Error('No command line found: scripts/documents/repository.ts must be told where it is.');
  return commands;
}

export function readRepository(root: string): Repository {
  const [paths, files] = [new Set<string>(), [] as string[]];
  listFiles(root, '', paths, files);
  const readable = files.filter((path) => /\.(?:ts|js|eta|md)$|^\.env\.example$|^Dockerfile$/.test(path));
  const texts = new Map(readable.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const ofCli = [...texts].filter(([path]) => /^src\/tools\/cli\/[^/]+\.ts$/.test(path)).map(([, text]) => text);
  return {
    paths,
    names: new Set(files.map((path) => basename(path))),
    texts,
    scripts: new Set(Object.keys(scripts)),
    settings: new Set([
      ...findAll([texts.get('.env.example') ?? ''], /^([A-Z_]+)=/gm),
      ...findAll([...texts.values(), ...Object.values(scripts)], /(?:\benv(?:\.|\[')|^)([A-Z][A-Z_]+)(?='\]|=)/g),
    ]),
    commands: readCommands(ofCli),
    options: new Set(findAll(ofCli, /(--[a-z][a-z-]*)/g)),
  };
}
