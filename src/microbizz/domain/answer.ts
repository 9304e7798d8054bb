/** The answer to an event (docs/protocol.md §2.1): Microbizz counts anything but this JSON as failed. */
export interface Answer {
  readonly status: boolean;
  readonly error: string;
}

export const accepted: Answer = { status: true, error: '' };

export function refused(error: string): Answer {
  return { status: false, error };
}
