/** What was being described when a process ended. */
export const describingBegun = `
  -- [history] The last event whose description was begun: beyond after_id, a process ended in the middle of it.
  ALTER TABLE describing ADD COLUMN begun_id INTEGER NOT NULL DEFAULT 0;
`;
