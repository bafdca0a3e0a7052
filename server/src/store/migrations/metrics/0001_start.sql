-- Readings as they came. A device is a small number here, its id is in fettle.db too; read only after a tenant check there.

CREATE TABLE device_keys (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL UNIQUE
) STRICT;

-- Each numbering of a device's metrics lane, with the last batch that is here.
CREATE TABLE metric_marks (
  device_key INTEGER PRIMARY KEY REFERENCES device_keys (id) ON DELETE CASCADE,
  epoch TEXT NOT NULL,
  seq INTEGER NOT NULL
) STRICT;

CREATE TABLE series_sets (
  id INTEGER PRIMARY KEY,
  device_key INTEGER NOT NULL REFERENCES device_keys (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,
  series TEXT NOT NULL,
  UNIQUE (device_key, hash)
) STRICT;

CREATE TABLE hot (
  id INTEGER PRIMARY KEY,
  device_key INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  t0_ms INTEGER NOT NULL,
  set_id INTEGER NOT NULL,
  block BLOB NOT NULL
) STRICT;
CREATE INDEX hot_by_time ON hot (device_key, t0_ms);

-- What an agent had to drop, by its own word.
CREATE TABLE gaps (
  id INTEGER PRIMARY KEY,
  device_key INTEGER NOT NULL,
  epoch TEXT NOT NULL,
  from_seq INTEGER NOT NULL,
  to_seq INTEGER NOT NULL,
  records INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
