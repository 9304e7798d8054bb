import { parseArgs } from 'node:util';
import { measureWorst, type Held } from '../test/support/worst-inputs.ts';
import { makeFolder } from './process/start-process.ts';

/** `npm run worst`: how long the worst inputs hold the thread that answers. `-- --root FOLDER` measures another checkout, `--only nested` some of them. */
const { values } = parseArgs({
  options: {
    root: { type: 'string' },
    size: { type: 'string', default: '1' },
    only: { type: 'string', default: '.' },
  },
});

function tell({ input, hold, statuses }: Held): void {
  const figure = hold === undefined ? 'the process ended' : `${hold.toFixed(0)} ms`;
  process.stdout.write(`${input.padEnd(48)}${figure.padStart(18)}   ${statuses.join(' ')}\n`);
}

await measureWorst(makeFolder, { size: Number(values.size), root: values.root, only: new RegExp(values.only), tell });
process.exit();
