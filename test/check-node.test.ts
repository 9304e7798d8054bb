import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test.each([
  ['v20.20.2', 1, 'Node 24 or later is needed, this is 20.20.2.'],
  ['v24.0.0', 0, ''],
  ['v30.1.0', 0, ''],
])('Node %s', (version, status, says) => {
  const pretend = `data:text/javascript,Object.defineProperty(process,'version',{value:'${version}'})`;
  const ran = spawnSync(process.execPath, ['--import', pretend, '--import', './src/check-node.js', '-e', ''], {
    encoding: 'utf8',
  });
  expect([ran.status, ran.stderr]).toEqual([status, expect.stringContaining(says)]);
});
