import { expect, test } from 'vitest';
import { showProgress } from '../../src/tools/cli/migrate-store/show-progress.ts';

function watch(isTTY: boolean) {
  const written: string[] = [];
  const clock = { now: 0 };
  const screen = { isTTY, write: (text: string) => written.push(text) };
  const { tell, end } = showProgress(screen, () => clock.now);
  const at = (ms: number, rows: number, table = 'events'): void => {
    clock.now = ms;
    tell({ doing: 'copy', table, rows, all: 1000 });
  };
  return { written, at, end };
}

test('a line for each table and one in ten seconds; speed and time left are those of the table, in this run', () => {
  const { written, at, end } = watch(false);
  at(0, 500);
  at(900, 520);
  at(5000, 550);
  at(10_000, 600);
  at(11_000, 610, 'objects');
  end();
  expect(written).toEqual([
    ' 50 % copied, events\n',
    ' 60 % copied, events: 10 rows a second, 40 s left\n',
    ' 61 % copied, objects\n',
  ]);
});

test('on a terminal it is one line, which is written over', () => {
  const { written, at, end } = watch(true);
  at(0, 1);
  at(100, 2);
  at(2000, 10);
  end();
  expect(written.map((text) => text.trimEnd())).toEqual([
    '\r  0 % copied, events',
    '\r  1 % copied, events: 5 rows a second, 3 min 40 s left',
    '',
  ]);
});
