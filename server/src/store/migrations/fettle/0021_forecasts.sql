-- What will be used up, and since when that is near. Who does not know of it looks at none.
-- readable by: 17
CREATE TABLE forecasts (
  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  instance TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  per_day REAL, -- null: it does not go down
  left_ms REAL,
  state TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  PRIMARY KEY (device, instance)
) STRICT, WITHOUT ROWID;
