/** A crash has a count of its own, a wait knows its length, and what is under way is in none of the lists of what waits. */
export const suspects = `
  ALTER TABLE handlings ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;  -- ends of a process at which it was under way
  ALTER TABLE handlings ADD COLUMN alone INTEGER NOT NULL DEFAULT 0;    -- of these, at which it was the only suspect
  ALTER TABLE handlings ADD COLUMN pause INTEGER NOT NULL DEFAULT 0;    -- ms: due_at is that long after it was noted; 0: due at once
  -- Nothing waited for more than a day and a fifth.
  UPDATE handlings SET pause = 103680000 WHERE state IN ('ready', 'held') AND due_at IS NOT NULL;
  DROP INDEX handlings_due;
  DROP INDEX handlings_next;
  CREATE INDEX handlings_due ON handlings (tenant_id, forward_id, due_at) WHERE state = 'ready' AND lease IS NULL AND crashes = 0;
  CREATE INDEX handlings_suspects ON handlings (due_at) WHERE state = 'ready' AND lease IS NULL AND crashes > 0;
  CREATE INDEX handlings_next ON handlings (due_at) WHERE state = 'ready' AND lease IS NULL AND due_at > 0;
  ALTER TABLE forwards ADD COLUMN last_failed_at INTEGER;
  ALTER TABLE forwards ADD COLUMN failed_days INTEGER NOT NULL DEFAULT 0; -- days since failing_since in which it failed
`;
