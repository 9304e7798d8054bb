import type { Step } from './move-store.ts';

/** Where it is told: a terminal gets one line that changes, anything else a line now and then. */
export interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const doing = { copy: 'copied', compare: 'compared' };
/** Milliseconds between two lines. */
const pauses = { terminal: 200, file: 10_000 };

/** `now` in milliseconds. `end` goes to the next line, where one was begun. */
export function showProgress(screen: Screen, now: () => number): { tell(step: Step): void; end(): void } {
  let begun: { step: Step; at: number } | undefined;
  let told = -Infinity;
  const onTerminal = screen.isTTY === true;

  return {
    tell(step) {
      const at = now();
      const isNew = step.doing !== begun?.step.doing || step.table !== begun.step.table;
      // Tables are not alike, and what an earlier run has done is no measure of this one.
      if (begun === undefined || isNew) begun = { step, at };
      const isDue = at - told >= (onTerminal ? pauses.terminal : pauses.file);
      if (!isNew && !isDue) return;
      told = at;
      const text = describe(step, step.rows - begun.step.rows, at - begun.at);
      screen.write(onTerminal ? `\r${text.padEnd(78)}` : `${text}\n`);
    },
    end() {
      if (onTerminal && begun !== undefined) screen.write('\n');
    },
  };
}

function describe({ doing: what, table, rows, all }: Step, done: number, ms: number): string {
  const percent = Math.floor((rows / Math.max(all, 1)) * 100);
  const text = `${String(percent).padStart(3)} % ${doing[what]}, ${table}`;
  // Too little to tell anything.
  if (done <= 0 || ms < 1000) return text;
  const left = Math.ceil(((all - rows) * ms) / done / 1000);
  return `${text}: ${Math.round((done / ms) * 1000)} rows a second, ${showSeconds(left)} left`;
}

function showSeconds(seconds: number): string {
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
