/** What waits to be sorted, tenant by tenant, in place of one queue of all. */
export const unsorted = `
  -- Runs of ids: of a tenant's events that were stored together. Whose id is in none is sorted.
  CREATE TABLE unsorted (
    tenant_id INTEGER NOT NULL,
    first_id INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    number INTEGER NOT NULL,            -- of its last event, counted from the first that waited: two rows tell how many there are
    PRIMARY KEY (tenant_id, first_id)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO unsorted
    SELECT tenant_id, min(id), max(id), max(number) FROM (
      SELECT id, tenant_id, row_number() OVER (PARTITION BY tenant_id ORDER BY id) AS number FROM events
      WHERE id > (SELECT after_id FROM sorting))
    GROUP BY tenant_id, id - number;
  DROP TABLE sorting;
`;
