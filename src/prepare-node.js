// @ts-check
import process from 'node:process';

// Loaded before everything else (node --import), and plain JavaScript: an older Node cannot even read the rest.
const needed = 24;
const [major] = process.version.slice(1).split('.');
if (Number(major) < needed) {
  process.stderr.write(
    `Node ${needed} or later is needed, this is ${process.version.slice(1)}. npm ci brings it along, unless it was told to leave out the devDependencies or the scripts.\n`,
  );
  process.exit(1);
}

// Here, so that not even the entry needs its types stripped. Who makes the folder is src/main.ts.
const { cacheCode } = await import('./server/cache-code.js');
cacheCode(process.env, 'command');
