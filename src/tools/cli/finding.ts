/** `note`: nothing is wrong, but it is worth knowing. */
export interface Finding {
  readonly state: 'good' | 'note' | 'wrong';
  readonly says: string;
  /** What to do about it. */
  readonly cure?: string;
}
