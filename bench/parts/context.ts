import type { Generator } from '../load/run-load.ts';
import type { Plan } from '../options.ts';
import type { FilledHistory } from '../servers/history-template.ts';
import type { Template } from '../servers/template.ts';

/** What the parts share. */
export interface Context {
  readonly plan: Plan;
  readonly generator: Generator;
  readonly template: Template;
  /** The database of the part `history`, for whoever reads it: filled once a run. */
  readonly fillHistory: () => Promise<FilledHistory>;
  /** Says where the benchmark is, to one who waits. */
  readonly say: (line: string) => void;
}
