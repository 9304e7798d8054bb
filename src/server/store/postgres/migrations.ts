import { first } from './migrations/first.ts';

/** Append only: a step that has run somewhere is never edited. Its number is its place in the array. */
export const migrations: readonly string[] = [first];
