/** Names of events that are unique beyond this database. */
export const eventNames = `
  -- From which id on events have this mark in their names. What an older version named evt_12 keeps that name.
  CREATE TABLE epochs (
    first_id INTEGER PRIMARY KEY,
    mark TEXT NOT NULL
  ) STRICT;
  INSERT INTO epochs SELECT 0, '' FROM sqlite_sequence WHERE name = 'events';
`;
