-- Which changes of alerts an agent has told: one that had to begin its numbering anew tells again what it has no acknowledgement of.
CREATE TABLE told (
  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  PRIMARY KEY (device, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_by_time ON told (at_ms);
