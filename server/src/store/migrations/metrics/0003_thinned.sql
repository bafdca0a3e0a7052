-- What is left of readings that an agent had to thin: the least, the mean and the greatest of each ten minutes, as it came.
CREATE TABLE thinned (
  id INTEGER PRIMARY KEY,
  device_key INTEGER NOT NULL,
  -- The records of the lane that it takes the place of.
  from_seq INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  -- Where its first step begins and its last one ends.
  t0_ms INTEGER NOT NULL,
  end_ms INTEGER NOT NULL,
  set_id INTEGER NOT NULL,
  block BLOB NOT NULL
) STRICT;
CREATE INDEX thinned_by_end ON thinned (device_key, end_ms);
