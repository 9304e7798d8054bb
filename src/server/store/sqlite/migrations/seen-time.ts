/** The last time that housekeeping noted: a clock that moved further since than it should is not believed. */
export const seenTime = `
  CREATE TABLE clock (seen_at INTEGER) STRICT;
  -- Before it was noted: when the last event came.
  INSERT INTO clock VALUES ((SELECT received_at FROM events ORDER BY id DESC LIMIT 1));
`;
