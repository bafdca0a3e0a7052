-- What only the page of a device shows stands apart: the row of the device is read for every record, and stays small.
-- The two columns are emptied, and stay for a program that is one step behind: `capabilities` with a default, as it is written no more.
CREATE TABLE inventory_sections (
  place INTEGER PRIMARY KEY, -- in the order in which they first came
  device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  facts TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  UNIQUE (device, id)
) STRICT;
INSERT INTO inventory_sections (device, tenant, id, title, facts, at_ms)
  SELECT devices.id, tenant, section.value ->> 'id', section.value ->> 'title', section.value -> 'facts', inventory ->> 'atMs'
  FROM devices, json_each(inventory, '$.sections') AS section
  ORDER BY devices.id, section.key;
UPDATE devices SET inventory = NULL;

CREATE TABLE capabilities (
  device TEXT PRIMARY KEY REFERENCES devices (id) ON DELETE CASCADE,
  tenant TEXT NOT NULL,
  collectors TEXT NOT NULL
) STRICT;
INSERT INTO capabilities (device, tenant, collectors)
  SELECT id, tenant, capabilities FROM devices WHERE capabilities <> '[]';
ALTER TABLE devices DROP COLUMN capabilities;
ALTER TABLE devices ADD COLUMN capabilities TEXT NOT NULL DEFAULT '[]';
