/** FTS5 merges what belongs to removed changes only where it is asked to (merge-words.ts), in pieces. */
export const mergeDeletedWords = `
  INSERT INTO words (words, rank) VALUES ('deletemerge', 0);
`;
