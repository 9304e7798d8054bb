/** What an event gets back (docs/protocol.md §2.1): anything that is not this JSON counts as failed in Microbizz. */
export interface Answer {
  readonly status: boolean;
  readonly error: string;
}

export const accepted: Answer = { status: true, error: '' };

export function refused(error: string): Answer {
  return { status: false, error };
}
