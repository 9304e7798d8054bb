/** How far the times of a scope's changes are from rising with their ids. */
export const setbacks = `
  -- Milliseconds by which a change was received, at most, before one with a lower id: a clock was set back, or it had waited for its connection.
  ALTER TABLE scopes ADD COLUMN setback INTEGER NOT NULL DEFAULT 0;
  UPDATE scopes SET setback = coalesce((
    SELECT max(0, max(before - received_at)) FROM (
      SELECT received_at, max(received_at) OVER (ORDER BY event_id) AS before FROM changes WHERE scope_id = scopes.id
    )
  ), 0);
`;
