import type { Stage } from './stage.ts';

/** One thing that an attacker tries. */
export interface Attack {
  readonly name: string;
  /** What the attacker got, in a few words; undefined when the attack did nothing. Throws when the script itself did not work. */
  readonly run: () => Promise<string | undefined>;
  /** Why it works and may: printed, and counted as neither held nor failed. */
  readonly byDesign?: string;
  /** Also in the short form, among the tests. */
  readonly short?: true;
}

export interface Section {
  readonly name: string;
  readonly attacks: (stage: Stage) => Promise<Attack[]>;
}

export type Verdict = 'held' | 'failed' | 'by design';

export interface Tried {
  readonly section: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly why: string | undefined;
}

export async function tryAttack(section: string, { name, run, byDesign }: Attack): Promise<Tried> {
  const got = await run().catch((error: unknown) => `the script broke: ${String(error)}`);
  if (byDesign !== undefined) return { section, name, verdict: 'by design', why: byDesign };
  return { section, name, verdict: got === undefined ? 'held' : 'failed', why: got };
}
