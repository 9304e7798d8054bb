import { matchesGlob, posix } from 'node:path';
import type { Repository } from './repository.ts';

/** Something that a text mentions: how to find it, and its fault. */
interface Check {
  /** `marked`: between backticks and in code blocks of a document, and in comments. `everywhere`: in messages and prose too. */
  readonly where: 'marked' | 'everywhere';
  readonly pattern: RegExp;
  /** A sentence when the thing does not exist. `file` is where it is mentioned. */
  fault(found: string, file: string, repository: Repository): string | undefined;
}

/** Names that belong to others, and such as are examples. */
const foreign =
  /^(?:CURLOPT|PHP|SQLITE|ERR|NODE|O)_|^(?:data|node_modules)\/|^(?:Node|ipaddr)\.js$|^(?:\w+\/)*(?:endpoint|Endpoint|api|microbizz|index)\.php$/;

const path: Check = {
  where: 'marked',
  // A file's name, with or without folders, or a folder of the repository; not a part of an address or of a longer name.
  pattern:
    /(?<![\w/.@:<>$*…-])(?:(?:[\w-]+\/)*[\w*-][\w.*-]*\.(?:ts|js|eta|md|json|php)|(?:src|test|bench|docs|views|scripts)\/[\w./*-]*[\w*/])(?![\w<>…-])/g,
  fault(found, file, { paths, names }) {
    const at = found.replace(/\/$/, '');
    const places = [
      at,
      posix.join(posix.dirname(file), at),
      // A room's name stands for it, whichever wing it is in.
      ...['', 'microbizz', 'server', 'app', 'tools'].map((wing) => posix.join('src', wing, at)),
      posix.join('test', at),
      `${at}.eta`,
      posix.join('test/documents/examples', posix.basename(at)),
    ];
    if (foreign.test(found) || places.some((place) => paths.has(place))) return undefined;
    if (!at.includes('/') && names.has(at)) return undefined;
    if (at.includes('*') && [...paths, ...names].some((place) => places.some((glob) => matchesGlob(place, glob))))
      return undefined;
    return `there is no ${found}`;
  },
};

const script: Check = {
  where: 'everywhere',
  pattern: /\bnpm (?:run (?:-s |--silent )?[a-z][\w:-]*|test\b|start\b)/g,
  fault(found, _file, { scripts }) {
    const name = found.split(' ').at(-1) ?? '';
    return scripts.has(name) ? undefined : `package.json has no script ${name}`;
  },
};

const setting: Check = {
  where: 'marked',
  pattern: /(?<![\w/$.'-])[A-Z][A-Z\d]*_[A-Z\d_]*[A-Z\d](?![\w])/g,
  fault: (found, _file, { settings }) =>
    foreign.test(found) || settings.has(found) ? undefined : `there is no setting ${found}`,
};

const command: Check = {
  where: 'everywhere',
  pattern: /(?<=\bappconnect (?:-- )?|src\/tools\/cli\/main\.ts |`)(?!appconnect)[a-z]+(?: [a-z-]+)?(?: --[a-z-]+)*/g,
  fault(found, _file, { commands, options }) {
    const [name = '', ...rest] = found.split(' ');
    const known = commands.get(name);
    if (known === undefined) return undefined;
    const [word] = rest;
    if (word !== undefined && !word.startsWith('--') && known.size > 0 && !known.has(word))
      return `the command line has no ${name} ${word}`;
    const option = rest.find((part) => part.startsWith('--') && !options.has(part));
    return option === undefined ? undefined : `no command has the option ${option}`;
  },
};

const unknownCommand: Check = {
  where: 'everywhere',
  pattern: /(?<=npm run (?:-s |--silent )?appconnect -- |src\/tools\/cli\/main\.ts )[a-z][\w-]*/g,
  fault: (found, _file, { commands }) => (commands.has(found) ? undefined : `the command line has no ${found}`),
};

const section: Check = {
  where: 'everywhere',
  pattern: /(?<=protocol\.md`? )§[\d.]*\d/g,
  fault(found, _file, { texts }) {
    const [, chapter = '', part] = /^§(\d+)(?:\.(\d+))?/.exec(found) ?? [];
    const text = texts.get('docs/protocol.md') ?? '';
    const body = new RegExp(`^## ${chapter}\\. [^]*?(?=^## |$(?![^]))`, 'm').exec(text)?.[0];
    if (
      body !== undefined &&
      (part === undefined || new RegExp(`^(?:### ${chapter}\\.${part} |${part}\\. )`, 'm').test(body))
    )
      return undefined;
    return `docs/protocol.md has no section ${found}`;
  },
};

/** As GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\d _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

const link: Check = {
  where: 'everywhere',
  pattern: /(?<=\]\()[^)\s]+(?=\))/g,
  fault(found, file, { paths, texts }) {
    if (!file.endsWith('.md') || /^[a-z]+:/.test(found)) return undefined;
    const [to = '', anchor] = found.split('#');
    const target = to === '' ? file : posix.join(posix.dirname(file), to);
    if (!paths.has(target)) return `the link leads to ${target}, which does not exist`;
    return anchor === undefined || anchorsOf(texts.get(target) ?? '').has(anchor)
      ? undefined
      : `${target} has no heading #${anchor}`;
  },
};

/** The list of a room's files in its README names them without an ending. */
export const roomFile: Check = {
  where: 'marked',
  pattern: /(?<=`)[a-z\d]+(?:-[a-z\d]+)+(?=`)/g,
  fault(found, _file, { paths, names }) {
    const exists = names.has(`${found}.ts`) || [...paths].some((place) => place.endsWith(`/${found}`));
    return exists ? undefined : `there is no file ${found}`;
  },
};

export const checks: readonly Check[] = [path, script, setting, command, unknownCommand, section, link];
