-- Where devices were while they were away. Who does not know of it writes none.
-- readable by: 17
CREATE TABLE absences (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  site TEXT NOT NULL,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  evidence TEXT NOT NULL
) STRICT;
CREATE INDEX absences_of_device ON absences (device, id);
CREATE INDEX absences_by_time ON absences (to_ms);
