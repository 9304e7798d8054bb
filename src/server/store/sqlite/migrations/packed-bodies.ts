/** A rejected POST whose body could not be unpacked is kept packed: how, so that it can be read once more. */
export const packedBodies = `
  ALTER TABLE events ADD COLUMN content_encoding TEXT;
  ALTER TABLE parked ADD COLUMN content_encoding TEXT;
`;
